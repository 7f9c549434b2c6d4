// Ask before a page is left on which something was typed that is not kept yet. A form says by the
// beginnings of names what only a press keeps; without any, all of it is. What came to nothing is
// still to be kept.
const open = new Set();

for (const form of document.querySelectorAll("[data-ask-before-leaving]")) {
  const isKeptByAPress = new RegExp(`^(${form.dataset.askBeforeLeaving})`);
  if (form.dataset.askBeforeLeaving === "" && form.querySelector("[aria-invalid]")) open.add(form);
  form.addEventListener("input", (event) => {
    if (isKeptByAPress.test(event.target.name)) open.add(form);
  });
  form.addEventListener("submit", () => open.delete(form));
}
window.addEventListener("beforeunload", (event) => {
  if (open.size) event.preventDefault();
});
