// Put back into the form what stood in some fields before: at once, whatever has been typed in others.
// On a page without the form the server puts it back, as it does without scripts.
import { answerForm } from "./set-control.js";

const form = document.getElementById("campaign");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-undo]");
  if (!button || !form) return;
  event.preventDefault();
  const before = new URLSearchParams(button.dataset.undo);
  const status = button.closest("[role=status]");
  answerForm(form, new Map([...before.keys()].map((name) => [name, before.getAll(name)])));
  status.textContent = "Undone: what stood there before is back.";
  status.tabIndex = -1; // The button that had the focus is gone.
  status.focus({ preventScroll: true });
});
