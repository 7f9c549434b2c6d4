// Save what is typed, by itself: into the draft, and until the server has it, in this browser.
//
// Every change is kept in local storage at once and saved a moment later. When saving fails it is
// tried again for as long as the page is open; when the page is closed first, the next visit
// finds what was not saved and puts it back. Enter in a field saves at once, and stays there.
import { isAsServed } from "./served.js";
import { answerForm } from "./set-control.js";

const form = document.querySelector("form[data-autosave]");
const status = document.getElementById("saved");
const key = `draft:${form.dataset.draft}`;
const PAUSE = 600, FIRST_WAIT = 1000, LONGEST_WAIT = 30_000, SILENCE = 20_000;
const OWN = new Set(["csrf_token", "version", "accepted"]);

let edits = 0, saved = 0; // Changes made here, and how many of them the server has.
let saving = null, timer, wait = FIRST_WAIT, ended = false, isAskedFor = false;

const say = (words, failed = false) => {
  status.setAttribute("aria-live", failed ? "assertive" : isAskedFor ? "polite" : "off"); // Nobody waits for other success.
  status.classList.toggle("failed", failed);
  status.textContent = words;
};
const answers = () => [...new FormData(form)].filter(([name]) => !OWN.has(name));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// `sent` is what was last on its way to the server: if the draft is that, nobody else changed it.
let sent = null;
const keep = () => {
  const kept = { version: form.elements.version.value, answers: answers(), sent };
  try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* The server's copy has to do. */ }
};
const kept = () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const forget = () => { try { localStorage.removeItem(key); } catch { /* As above. */ } };

const later = (delay) => {
  clearTimeout(timer);
  if (!ended) timer = setTimeout(save, delay);
};

const end = (words, next) => {
  ended = true;
  clearTimeout(timer);
  say(words, true);
  if (next) status.append(" ", next);
};

const took = (told, count) => {
  saved = count;
  wait = FIRST_WAIT;
  form.elements.version.value = told.version;
  if (location.pathname !== told.address) history.replaceState(null, "", told.address);
  if (edits !== saved) { keep(); return later(PAUSE); }
  forget();
  say(`Saved at ${new Date().toTimeString().slice(0, 5)}`);
  isAskedFor = false;
};

const refused = (told) => {
  // Sent the ordinary way, the form is answered with a page that says what can be done.
  const press = Object.assign(document.createElement("button"), { textContent: told.next, className: "link", name: "then", value: "save" });
  end(`Not saved. ${told.title}. ${told.advice ?? ""}`, told.next && press);
};

const failed = () => {
  say(`Not saved. It is kept in this browser; trying again in ${wait / 1000} s.`, true);
  later(wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};

const attempt = async () => {
  clearTimeout(timer);
  const count = edits;
  sent = answers();
  keep();
  if (!status.classList.contains("failed")) say("Saving …");
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, signal: AbortSignal.timeout(SILENCE),
    });
    if (answer.status >= 500) return failed();
    if (answer.status === 413) return end("Not saved: this is more than Campaign Builder takes at once. Shorten it, and save.");
    const told = await answer.json();
    if (answer.ok) took(told, count);
    else refused(told);
  } catch { failed(); }
};
const save = () => (saving ??= attempt().finally(() => { saving = null; }));

let typed = answers();
const touched = () => {
  if (same(typed, answers())) return; // An input's change, after each of its letters was told.
  typed = answers();
  edits += 1;
  keep();
  if (status.classList.contains("failed")) return; // A retry is due, or cannot help.
  say("Not saved yet");
  later(PAUSE);
};

const putBack = (given) => {
  const questions = [...form.elements].filter(({ name, type }) => name && !OWN.has(name) && type !== "submit");
  const valuesOf = (question) => given.filter(([name]) => name === question).map(([, value]) => value);
  answerForm(form, new Map(questions.map(({ name }) => [name, valuesOf(name)])));
  say("What had not been saved is back.");
};

form.addEventListener("input", touched);
form.addEventListener("change", touched);
window.addEventListener("online", () => {
  if (edits === saved || ended) return;
  say("Saving …"); // That the server does not answer was true until now.
  save();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
window.addEventListener("pagehide", () => {
  if (edits !== saved && !saving && !ended) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
});
form.addEventListener("submit", async (event) => {
  if (event.submitter?.matches("[data-by-enter]") && !ended) {
    event.preventDefault();
    isAskedFor = true;
    edits += 1; // Even if nothing was typed: a new campaign is made by it.
    return save();
  }
  if (edits === saved || ended) return;
  event.preventDefault(); // Leave with the draft saved, or stay here and say why not.
  await saving;
  if (edits !== saved && !ended) await save();
  if (edits === saved || ended) form.requestSubmit(event.submitter);
});

const before = kept();
if (before && !same(before.answers, answers())) {
  if (!same(before.sent, answers())) form.elements.version.value = before.version;
  putBack(before.answers);
} else if (isAsServed(form)) {
  forget();
} else {
  edits += 1;
  later(PAUSE);
}
