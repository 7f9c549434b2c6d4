// Open the page again because something came to an end, and say what: by its heading, which then has
// focus, as whatever had it may be gone.
const KEY = "looks again";

export const lookAgain = () => {
  sessionStorage.setItem(KEY, location.pathname);
  location.reload();
};
const where = sessionStorage.getItem(KEY);
sessionStorage.removeItem(KEY);
export const hasLookedAgain = where === location.pathname;
if (hasLookedAgain) {
  const heading = document.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
