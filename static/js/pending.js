// Wait for what is under way beside the page: ask often at first, then every two seconds. A page
// that says in which state it is is also made anew when that has changed.
import { lookAgain } from "./look-again.js";

const waiting = document.querySelector("[data-pending]");
const silent = document.getElementById("no-answer");
const LONGEST = 2000;
let wait = 150;
let timer;

const showSilence = (isSilent) => {
  if (silent) silent.hidden = !isSilent;
};
const look = async () => {
  try {
    const answer = await fetch(waiting.dataset.pending, { headers: { Accept: "application/json" }, cache: "no-store" });
    showSilence(!answer.ok);
    if (answer.ok) {
      const { pending, state } = await answer.json();
      if (!pending || (waiting.dataset.state && state !== waiting.dataset.state)) return lookAgain();
    }
  } catch {
    showSilence(true);
  }
  wait = Math.min(wait * 1.5, LONGEST);
  clearTimeout(timer);
  timer = setTimeout(look, wait);
};
timer = setTimeout(look, wait);
window.addEventListener("online", () => {
  showSilence(false);
  look();
});
