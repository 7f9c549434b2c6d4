// Ask before a page is left on which answers were given that are not kept yet.
const KEPT_BY_A_PRESS = /^(answer|because|reason)-/;
const form = document.getElementById("review");
let isOpen = false;

form?.addEventListener("input", (event) => {
  if (KEPT_BY_A_PRESS.test(event.target.name)) isOpen = true;
});
form?.addEventListener("submit", () => {
  isOpen = false;
});
window.addEventListener("beforeunload", (event) => {
  if (isOpen) event.preventDefault();
});
