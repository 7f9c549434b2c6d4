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
// What crosses a band near the top of the window is what is read.
const observer = new IntersectionObserver(
  (entries) => {
    if (performance.now() - answeredAt < SETTLES) return;
    for (const { isIntersecting, target } of entries) if (isIntersecting) follow(target);
  },
  { rootMargin: "-15% 0px -75% 0px" },
);
for (const section of document.querySelectorAll("#campaign section[aria-labelledby]")) observer.observe(section);
document.getElementById("campaign").addEventListener("focusin", (event) => {
  answeredAt = performance.now();
  follow(event.target.closest("section"));
});
document.addEventListener("htmx:after:swap", mark);
