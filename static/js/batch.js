// Follow a batch: the server tells of each change; where it cannot, it is asked every two seconds.
import { hasLookedAgain, lookAgain } from "./look-again.js";

const page = document.querySelector("[data-batch]");
const EVERY = 2000;
const RENEWED_EVERY = 4000;
const SILENCE = 8000;
const GONE = new Set([401, 403, 404]); // The page itself says what to do then.
const parts = [...document.querySelectorAll("[data-count]")];
const bar = document.querySelector("progress[data-done]");
const left = document.querySelector("[data-remaining]");
let timer;

const inWords = (seconds) => {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
};
let renewed = 0;
let renewal;
// The last change is shown, too: none may follow it.
const renew = () => {
  clearTimeout(renewal);
  renewal = setTimeout(() => renewRows().catch(() => {}), Math.max(0, renewed + RENEWED_EVERY - Date.now()));
};
const renewRows = async () => {
  renewed = Date.now();
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
  const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("rows");
  const table = document.getElementById("rows");
  if (!made || !table) return;
  const [rows, fresh] = [table, made].map(({ tBodies }) => [...tBodies[0].rows]);
  if (rows.length !== fresh.length) return table.replaceWith(made);
  for (const [at, row] of rows.entries()) {
    if (row.isEqualNode(fresh[at])) continue;
    const hasFocus = row.contains(document.activeElement);
    row.replaceWith(fresh[at]);
    if (hasFocus) fresh[at].querySelector("a")?.focus({ preventScroll: true });
  }
};
const silent = document.getElementById("no-answer");
const show = (progress) => {
  for (const part of parts) part.textContent = progress[part.dataset.count].toLocaleString("en");
  if (bar) bar.value = progress.done + progress.failed + progress.taken_back + progress.unknown;
  if (left) left.textContent = progress.seconds === null || progress.held ? "" : `${progress.rate} a second, about ${inWords(progress.seconds)} left`;
  // What is said of a pause or of an unknown outcome, and what can be pressed then, the page has.
  const isAsDrawn = String(progress.held) === page.dataset.held && String(progress.unknown) === page.dataset.unknown;
  if (progress.pending && isAsDrawn) renew();
  else lookAgain();
};
const ask = async () => {
  try {
    const answer = await fetch(page.dataset.batch, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
    if (GONE.has(answer.status) && !hasLookedAgain) return lookAgain();
    silent.hidden = answer.ok;
    if (answer.ok) show(await answer.json());
  } catch {
    silent.hidden = false; // It is asked again.
  }
  timer = setTimeout(ask, EVERY);
};
const listen = () => {
  const source = new EventSource(page.dataset.events);
  source.onopen = () => {
    clearTimeout(timer);
    silent.hidden = true;
  };
  source.onmessage = (event) => show(JSON.parse(event.data));
  source.onerror = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, EVERY);
  };
  window.addEventListener("pagehide", () => source.close());
};
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
listen();
