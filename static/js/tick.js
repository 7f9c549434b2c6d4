// Count the campaigns that are ticked, and tick or untick all on the page at once.
import { setControl } from "./set-control.js";

const all = document.querySelector("[data-tick-all]");
const ticks = [...document.querySelectorAll("input[name=draft]")];
const count = document.querySelector("[data-ticked]");

const show = () => {
  const ticked = ticks.filter((tick) => tick.checked).length;
  if (count) count.textContent = ticked ? ` (${ticked})` : "";
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
for (const tick of ticks) tick.addEventListener("change", show);
show();
