// Count the campaigns that are ticked, and tick or untick all on the page, or several, at once.
import { setControl } from "./set-control.js";

const all = document.querySelector("[data-tick-all]");
const ticks = [...document.querySelectorAll("input[name=draft]")];
const count = document.querySelector("[data-ticked]");

const show = () => {
  const ticked = ticks.filter((tick) => tick.checked).length;
  if (count) count.textContent = `(${ticked})`;
  if (all) {
    setControl(all, ticked > 0 && ticked === ticks.length ? [all.value] : []);
    all.indeterminate = ticked > 0 && ticked < ticks.length;
  }
};

if (all && ticks.length) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) setControl(tick, all.checked ? [tick.value] : []);
    show();
  });
}
// With Shift, all between the last one pressed and this one become as this one is.
let last;
for (const tick of ticks) {
  tick.addEventListener("click", (event) => {
    if (event.shiftKey && last) {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
      for (const between of ticks.slice(from, to + 1)) setControl(between, tick.checked ? [between.value] : []);
      show();
    }
    last = tick;
  });
}
for (const tick of ticks) {
  tick.addEventListener("change", show);
  tick.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    tick.closest("tr").querySelector("a").click();
  });
}
const copy = document.querySelector("[data-copy-ticked]");
copy?.parentElement.querySelector("input").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  copy.click();
});
// Who comes back by the browser's button finds ticks that no script has seen.
addEventListener("pageshow", show);

// What is ticked stays so where the same list is shown with more of it.
const KEPT = "ticked";
try {
  const kept = new Set(JSON.parse(sessionStorage.getItem(KEPT)));
  for (const tick of ticks) if (kept.has(tick.value)) setControl(tick, [tick.value]);
  sessionStorage.removeItem(KEPT);
} catch {
  // Then they have to be ticked again.
}
document.querySelector("a[href*='#row-']")?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // This list stays open.
  const ticked = ticks.filter((tick) => tick.checked).map((tick) => tick.value);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(ticked));
  } catch {
    // Then they have to be ticked again.
  }
});
show();
