// Wait for what is under way beside the page: ask often at first, then every two seconds. A page
// that says in which state it is is also made anew when that has changed.
const told = document.querySelector("[data-pending]");
const silent = document.getElementById("no-answer");
const LONGEST = 2000;
let wait = 150;
let timer;

const isSilent = (is) => {
  if (silent) silent.hidden = !is;
};
const look = async () => {
  try {
    const answer = await fetch(told.dataset.pending, { headers: { Accept: "application/json" }, cache: "no-store" });
    isSilent(!answer.ok);
    if (answer.ok) {
      const { pending, state } = await answer.json();
      if (!pending || (told.dataset.state && state !== told.dataset.state)) return location.reload();
    }
  } catch {
    isSilent(true);
  }
  wait = Math.min(wait * 1.5, LONGEST);
  clearTimeout(timer);
  timer = setTimeout(look, wait);
};
timer = setTimeout(look, wait);
window.addEventListener("online", () => {
  isSilent(false);
  look();
});
