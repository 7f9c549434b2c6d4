// Count the campaigns that are ticked, and tick or untick all on the page at once.
const all = document.querySelector("[data-tick-all]");
const ticks = [...document.querySelectorAll("input[name=draft]")];
const count = document.querySelector("[data-ticked]");

const show = () => {
  const ticked = ticks.filter((tick) => tick.checked).length;
  if (count) count.textContent = ticked ? ` (${ticked})` : "";
  if (all) {
    all.checked = ticked > 0 && ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
  }
};

if (all && ticks.length) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    show();
  });
}
for (const tick of ticks) tick.addEventListener("change", show);
show();
