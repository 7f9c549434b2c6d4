// Show a field's error once the person has left the field, and never while they first type in it.
// The server sends the notes of the fields that have some; the others' are emptied first.
import { isAsServed } from "./served.js";

const form = document.querySelector("form[hx-post]");
const leaving = new Set(); // Rows that were left; shown so with the next answer, which knows what was typed.
let isPressed = false, isLate = false;

const ask = () => form.dispatchEvent(new Event("preview"));
const mark = (row) => {
  if (leaving.delete(row)) row.dataset.left = "";
  const wrong = row.dataset.left !== undefined && row.querySelector(":scope > .note > .error, :scope > .refusals") !== null;
  for (const control of row.querySelectorAll("[aria-describedby]")) {
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
};

form.addEventListener("focusout", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || row.contains(event.relatedTarget) || !event.target.matches("input")) return;
  leaving.add(row);
  ask();
});

// While a mouse button is down nothing may move, or the press would miss what it was aimed at.
document.addEventListener("pointerdown", () => { isPressed = true; });
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    isPressed = false;
    if (isLate) setTimeout(ask); // After the click itself.
    isLate = false;
  });
}
document.addEventListener("htmx:before:swap", (event) => {
  if (isPressed) {
    isLate = true;
    event.preventDefault();
  } else if (event.detail.ctx.response.status === 200) {
    document.querySelectorAll("[data-row] > .note").forEach((note) => note.replaceChildren());
  }
});
document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-row]").forEach(mark));
document.addEventListener("DOMContentLoaded", () => setTimeout(() => isAsServed(form) || ask()));
