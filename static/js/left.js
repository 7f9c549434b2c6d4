// Show a field's error once the person has left the field, and never while they first type in it.
// The server sends the notes of the fields that have some; the others' are emptied first.
const mark = (row) => {
  const wrong = row.dataset.left !== undefined && row.querySelector(":scope > .note > .error") !== null;
  for (const control of row.querySelectorAll("[aria-describedby]")) {
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
};

document.addEventListener("focusout", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row || row.contains(event.relatedTarget) || !event.target.matches("input")) return;
  row.dataset.left = "";
  mark(row);
});
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx.response.status !== 200) return;
  document.querySelectorAll("[data-row] > .note").forEach((note) => note.replaceChildren());
});
document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-row]").forEach(mark));
