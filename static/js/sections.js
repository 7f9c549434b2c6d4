// Mark, in the index of the form, the section that is being read or answered.
const index = document.getElementById("sections");
const SETTLES = 250; // Milliseconds in which a page has scrolled to what has got focus.
let current = "s-to";
let answeredAt = Number.NEGATIVE_INFINITY;

const mark = () => {
  for (const link of index.querySelectorAll("a")) {
    if (link.hash === `#${current}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
const follow = (section) => {
  if (section) current = section.getAttribute("aria-labelledby");
  mark();
};
// What crosses a line is what is read. It moves from the top of the window to its end as the form
// is scrolled to its end, so that the last sections, which never reach the top, have their turn.
const findRead = () => {
  const form = document.getElementById("campaign").getBoundingClientRect();
  const left = Math.max(form.bottom - window.innerHeight, 0);
  const passed = Math.max(-form.top, 0);
  const line = window.innerHeight * (0.2 + 0.7 * (passed / (passed + left || 1)));
  return [...document.querySelectorAll("#campaign section[aria-labelledby]")]
    .filter((section) => section.checkVisibility() && section.getBoundingClientRect().top <= line)
    .at(-1);
};
let isAsked = false;
document.addEventListener(
  "scroll",
  () => {
    if (isAsked || performance.now() - answeredAt < SETTLES) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      follow(findRead());
    });
  },
  { passive: true },
);
document.getElementById("campaign").addEventListener("focusin", (event) => {
  answeredAt = performance.now();
  follow(event.target.closest("section"));
});
document.addEventListener("htmx:after:swap", mark);
follow(findRead());
