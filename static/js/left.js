// Show a field's error once the person has left the field, and never while they first type in it.
const mark = (row) => {
  const wrong = row.querySelector(":scope > .note > .error") !== null;
  for (const control of row.querySelectorAll("input, .options")) {
    if (control.matches("[aria-describedby]")) control.toggleAttribute("aria-invalid", wrong && row.dataset.left !== undefined);
    if (control.hasAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
  }
};
const update = () => document.querySelectorAll("[data-row]").forEach(mark);

document.addEventListener("focusout", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row || row.contains(event.relatedTarget)) return;
  if (!event.target.matches("input") || event.target.form?.dataset.conditional === undefined) return;
  row.dataset.left = "";
  mark(row);
});
document.addEventListener("htmx:after:swap", update);
update();
