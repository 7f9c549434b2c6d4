// Ask before a page is left on which something was typed that is not kept yet. A form says by the
// beginnings of names what only a press keeps; without any, all of it is. What came to nothing is
// still to be kept.
import { isControlAsServed, listControls } from "./served.js";

const open = new Set();
let sent = null; // Its answers leave with the page, unless somebody stays.

for (const form of document.querySelectorAll("[data-ask-before-leaving]")) {
  const isKeptByAPress = new RegExp(`^(${form.dataset.askBeforeLeaving})`);
  const note = () => {
    open.add(form);
    form.dataset.open = "";
  };
  const isTyped = (control) => isKeptByAPress.test(control.name) && !isControlAsServed(control);
  if (listControls(form).some(isTyped) || (form.dataset.askBeforeLeaving === "" && form.querySelector("[aria-invalid]"))) note();
  form.addEventListener("input", (event) => {
    if (isKeptByAPress.test(event.target.name)) note();
  });
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent = form;
  });
}
window.addEventListener("beforeunload", (event) => {
  if ([...open].some((form) => form !== sent)) event.preventDefault();
  sent = null;
});
