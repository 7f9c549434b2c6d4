// Wait for what is under way beside the page: ask often at first, then every two seconds. A page
// that says in which state it is is also made anew when that has changed.
import { hasLookedAgain, lookAgain } from "./look-again.js";

const waiting = document.querySelector("[data-pending]");
const silent = document.getElementById("no-answer");
const LONGEST = 2000;
const SILENCE = 8000;
const GONE = new Set([401, 403, 404]); // The page itself says what to do then.
let wait = 150;
let timer;

const showSilence = (isSilent) => {
  if (silent) silent.hidden = !isSilent;
};
// What is typed beside it is not kept yet, and whoever types is not asked whether to leave.
const finish = () => {
  if (!document.querySelector("form[data-open]")) return lookAgain();
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Look at it" });
  waiting.replaceChildren("The answer has come. ", link);
};
const look = async () => {
  try {
    const answer = await fetch(waiting.dataset.pending, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
    if (GONE.has(answer.status) && !hasLookedAgain) return finish();
    showSilence(!answer.ok);
    if (answer.ok) {
      const { pending, state } = await answer.json();
      if (!pending || (waiting.dataset.state && state !== waiting.dataset.state)) return finish();
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
