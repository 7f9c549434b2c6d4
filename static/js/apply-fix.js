// Put a proposed change into the form at once, say what it was and offer to undo it; without scripts the server does it.
// The button goes when its change is made, so focus goes to what is nearest: the field that it stood
// beside, or a heading of the same part. Never to another change: a second press would make that, too.
import { changeForm } from "./change.js";

const form = document.getElementById("campaign");
const status = document.getElementById("changed");
let stay = null; // Puts focus where the pressed button was.

const placeOf = (button) => {
  const row = button.closest("[data-row]");
  if (row) return () => document.getElementById(row.dataset.row);
  const part = button.closest("section").getAttribute("aria-labelledby");
  const { top } = button.getBoundingClientRect();
  const far = (place) => Math.abs(place.getBoundingClientRect().top - top);
  return () =>
    [...document.querySelectorAll(`[aria-labelledby=${part}] :is(h2[tabindex], summary)`)]
      .filter((place) => place.checkVisibility())
      .sort((first, second) => far(first) - far(second))[0];
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=fix]");
  if (!button) return;
  event.preventDefault();
  const fix = new URLSearchParams(button.value);
  stay = placeOf(button);
  const answers = new Map([...fix.keys()].map((name) => [name, fix.getAll(name)]));
  changeForm(form, answers, button.textContent);
});
document.addEventListener("htmx:after:swap", () => {
  if (stay && document.activeElement === document.body) stay()?.focus({ preventScroll: true });
  stay = null;
});
form?.addEventListener("input", () => {
  status.hidden = true;
});
