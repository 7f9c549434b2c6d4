// Wait for the outcome of what is being sent: ask often at first, then every two seconds.
const told = document.querySelector("[data-pending]");
const silent = document.getElementById("no-answer");
const LONGEST = 2000;
let wait = 150;

const look = async () => {
  try {
    const answer = await fetch(told.dataset.pending, { headers: { Accept: "application/json" }, cache: "no-store" });
    silent.hidden = answer.ok;
    if (answer.ok && (await answer.json()).state !== "SENDING") return location.reload();
  } catch { silent.hidden = false; }
  wait = Math.min(wait * 1.5, LONGEST);
  setTimeout(look, wait);
};
setTimeout(look, wait);
