// Go from calling day to calling day with the arrow keys: all of them are one stop of Tab.
const DAYS = ".month td.call";
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const WEEKS = { ArrowUp: -1, ArrowDown: 1 };

const go = (from, to) => {
  if (!to || to === from) return;
  from.removeAttribute("tabindex");
  to.tabIndex = 0;
  to.focus();
};
const findInWeek = (day, days, step) => {
  const column = day.cellIndex;
  for (let at = days.indexOf(day) + step; days[at]; at += step) if (days[at].cellIndex === column) return days[at];
};
const findTarget = (day, days, key) => {
  if (key in STEPS) return days[days.indexOf(day) + STEPS[key]];
  if (key in WEEKS) return findInWeek(day, days, WEEKS[key]);
  if (key === "Home") return days[0];
  if (key === "End") return days.at(-1);
};

document.addEventListener("keydown", (event) => {
  const day = event.target.closest?.(DAYS);
  if (!day || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const days = [...day.closest(".months").querySelectorAll(DAYS)];
  const target = findTarget(day, days, event.key);
  if (target || event.key in STEPS || event.key in WEEKS) event.preventDefault();
  go(day, target);
});
// A finger points at a day by pressing it.
document.addEventListener("click", (event) => {
  const day = event.target.closest?.(DAYS);
  if (day) go(day.closest(".months").querySelector("[tabindex]"), day);
});
