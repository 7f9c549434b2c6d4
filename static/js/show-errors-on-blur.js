// Show a field's error once the person has left the field, and never while they first type in it.
// The server sends the notes of the fields that have some; the others' are emptied first. A change
// that is offered in a note and has focus, keeps it: in the new note, or else in the field. And
// what has focus stays where it is: an error that comes above it must not push it under the buttons.
import { isAsServed } from "./served.js";

const form = document.querySelector("form[hx-post]");
const leaving = new Set(); // Rows that were left; shown so with the next answer, which knows what was typed.
let isPressed = false;
let isLate = false;
let held = null; // Gives focus back to what had it in a note.
let place = null; // Where what has focus is on the screen.

const ask = () => form.dispatchEvent(new Event("preview"));
const hold = (button) => {
  const row = button?.closest("[data-row] > .note")?.parentElement;
  if (!row) return null;
  const { value } = button;
  return () =>
    ([...row.querySelectorAll(".note button")].find((peer) => peer.value === value) ?? document.getElementById(row.dataset.row)).focus({ preventScroll: true });
};
const locate = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return form.contains(element) && bottom > 0 && top < innerHeight ? { element, top } : null;
};
const keep = ({ element, top }) => {
  if (element === document.activeElement) scrollBy({ top: element.getBoundingClientRect().top - top, behavior: "instant" });
};
const spoken = document.getElementById("left-wrong");
const say = (row) => {
  const label = row.querySelector("label, legend")?.firstChild.textContent.trim() ?? "";
  const errors = [...row.querySelectorAll(":scope > .note > .error, :scope > .refusals")];
  spoken.textContent = errors.map(({ textContent }) => `${label}: ${textContent.replace(/\s+/g, " ").trim()}`).join(" ");
};
const mark = (row) => {
  const isJustLeft = leaving.delete(row);
  if (isJustLeft) row.dataset.left = "";
  const wrong = row.dataset.left !== undefined && row.querySelector(":scope > .note > .error, :scope > .refusals") !== null;
  for (const control of row.querySelectorAll("[aria-describedby]")) {
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  if (isJustLeft) say(row);
};

form.addEventListener("focusout", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || row.contains(event.relatedTarget) || !event.target.matches("input")) return;
  leaving.add(row);
  ask();
});

// While a mouse button is down nothing may move, or the press would miss what it was aimed at.
document.addEventListener("pointerdown", () => {
  isPressed = true;
});
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
    held = hold(document.activeElement);
    place = locate(document.activeElement);
    for (const note of document.querySelectorAll("[data-row] > .note")) note.replaceChildren();
  }
});
// The summary of a press that came to nothing goes once all that it names is mended.
const tidy = () => {
  const summary = document.querySelector("[data-summary]");
  if (!summary) return;
  const rows = [...summary.querySelectorAll("li > a")].map((link) => document.querySelector(`[data-row="${link.hash.slice(1)}"]`));
  summary.hidden = rows.every((row) => row && !row.querySelector(":scope > .note > .error, :scope > .refusals"));
};
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("[data-row]").forEach(mark);
  tidy();
  if (document.activeElement === document.body) held?.();
  if (place) keep(place);
  held = null;
  place = null;
});
document.addEventListener("DOMContentLoaded", () => setTimeout(() => isAsServed(form) || ask()));
