// Keep which parts of the panel are folded, in this browser, and unfold a part that a link leads to.
const NAME = "folded";
const PARTS = "details[data-fold]";
const seen = new WeakSet(); // What a person folds or unfolds stays so while answers come.

const read = () => {
  try {
    return new Set(JSON.parse(localStorage.getItem(NAME)));
  } catch {
    return new Set();
  }
};
const keep = () => {
  try {
    localStorage.setItem(NAME, JSON.stringify([...folded]));
  } catch {
    // It holds for this page.
  }
};
const folded = read();
const fold = () => {
  for (const part of document.querySelectorAll(PARTS)) {
    if (!seen.has(part) && folded.has(part.id)) part.open = false;
    seen.add(part);
  }
};

document.addEventListener(
  "toggle",
  ({ target: part }) => {
    if (!part.matches(PARTS) || part.open !== folded.has(part.id)) return;
    if (part.open) folded.delete(part.id);
    else folded.add(part.id);
    keep();
  },
  true,
);
document.addEventListener("click", (event) => {
  const address = event.target.closest("a[href^='#']")?.getAttribute("href");
  const part = address && document.getElementById(address.slice(1))?.closest("details");
  if (part) part.open = true;
});
document.addEventListener("htmx:after:swap", fold);
fold();
