// Save what is typed, by itself: into the draft, and until the server has it, in this browser.
//
// Every change is kept in local storage at once and saved a moment later. When saving fails it is
// tried again for as long as the page is open; when the page is closed first, the next visit
// finds what was not saved and puts it back. Enter in a field saves at once, and stays there.
//
// The form is always in one state of NEXT, and bears its name. An event that a state lacks cannot
// come in that state: if it does, that is a bug, and is said on the console.
import { canKeep, dropCopy, readCopy, storeCopy } from "./local-copy.js";
import { isAsServed, isControlAsServed } from "./served.js";
import { answerForm } from "./set-control.js";

const STAY = null; // The event may come, and the state is the right one for it already.
const NEXT = {
  // Nothing was typed that the server lacks.
  clean: { typed: "waiting", enter: "saving", online: STAY },
  // Something was typed; it is saved when nothing more is typed for a moment.
  waiting: { typed: "waiting", enter: "saving", leave: "saving", online: "saving", due: "saving" },
  // It is on its way. Who leaves waits for the answer, and may press twice.
  saving: { typed: "overtaken", enter: "overtaken", leave: STAY, online: STAY, saved: "clean", failed: "retrying", refused: "ended" },
  // An earlier text is on its way; what was typed since is saved after it.
  overtaken: { typed: STAY, enter: STAY, leave: STAY, online: STAY, saved: "waiting", failed: "retrying", refused: "ended" },
  // No answer came, and it may have been saved all the same. The next attempt has its time, and
  // sends the same once more; what is typed until then is saved after it.
  retrying: { typed: STAY, enter: "saving", leave: "saving", online: "saving", due: "saving" },
  // No attempt can help. The buttons and Enter send the form the ordinary way, to a page that can.
  ended: { typed: STAY, online: STAY },
};
const SETTLED = new Set(["clean", "ended"]); // The script has nothing left to do.

const form = document.querySelector("form[data-autosave]");
const title = form.querySelector("h1");
const status = document.getElementById("saved");
const { draft } = form.dataset;
// All in milliseconds.
const PAUSE = 600;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const SILENCE = 20_000;
const OWN = new Set(["csrf_token", "version", "accepted"]);
const PASSING = new Set([408, 429]); // The same may be taken a little later.

let state = "clean";
let attempt = null;
let timer;
let wait = FIRST_WAIT;
let isAskedFor = false;
form.dataset.autosaveState = state;

const say = (words, failed = false) => {
  const isNews = failed && !hasFailed(); // That the next attempt fails as well is none.
  status.setAttribute("aria-live", isNews ? "assertive" : isAskedFor ? "polite" : "off"); // Nobody waits for other success.
  status.classList.toggle("failed", failed);
  status.textContent = words;
};
// Until an attempt succeeds, that one failed is what matters.
const hasFailed = () => status.classList.contains("failed");
const mention = (words) => {
  if (!hasFailed()) say(words);
};

const select = (data) => [...data].filter(([name]) => !OWN.has(name));
const answers = () => select(new FormData(form));
const same = (first, second) => JSON.stringify(first) === JSON.stringify(second);

// `sent` is what was last on its way to the server: if the draft is that, nobody else changed it.
let sent = null;
const keep = () => storeCopy(draft, { version: form.elements.version.value, answers: answers(), sent });

// Each answer of the server is an event, with what that event leads to needs.
const post = async (body) => {
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(SILENCE),
    });
    if (answer.status >= 500 || PASSING.has(answer.status)) return ["failed"];
    if (answer.status === 413) return ["refused", { words: "Not saved: this is more than Campaign Builder takes at once. Shorten it, and save." }];
    const reply = await answer.json();
    if (answer.ok) return ["saved", reply];
    return ["refused", { words: `Not saved. ${reply.title}. ${reply.advice ?? ""}`, next: reply.next }];
  } catch {
    return ["failed"];
  }
};

// What no answer came to: over the same version, other answers would be taken for a second person's.
let unanswered = null;
const save = async () => {
  const body = unanswered ?? new FormData(form);
  sent = select(body);
  keep();
  if (hasFailed()) say("Not saved yet. Trying again …", true);
  else say("Saving …");
  if (!same(sent, answers())) dispatch("typed");
  const [event, detail] = await post(body);
  unanswered = event === "failed" ? body : null;
  dispatch(event, detail);
};

const noteVersion = ({ version, address, heading }) => {
  wait = FIRST_WAIT;
  document.title = document.title.replace(/.*(?= · )/, () => heading);
  title.textContent = heading;
  form.elements.version.value = version;
  if (location.pathname !== address) history.replaceState(null, "", address);
};

const sayDeleted = () => {
  say("Saved, but somebody has deleted this campaign. ", true);
  status.append(Object.assign(document.createElement("a"), { textContent: "Bring it back", href: location.href }));
};

const ENTER = {
  clean(reply) {
    noteVersion(reply);
    dropCopy(draft);
    if (reply.is_deleted) return sayDeleted();
    say(`Saved at ${new Date().toTimeString().slice(0, 5)}`);
    isAskedFor = false;
  },
  waiting(reply) {
    if (reply) {
      noteVersion(reply);
      keep();
    }
    timer = setTimeout(dispatch, PAUSE, "due");
  },
  saving() {
    attempt = save();
  },
  retrying() {
    say(`Not saved. ${canKeep ? "It is kept in this browser" : "Leave this page open"}; trying again in ${wait / 1000} s.`, true);
    timer = setTimeout(dispatch, wait, "due");
    wait = Math.min(wait * 2, LONGEST_WAIT);
  },
  ended({ words, next }) {
    say(words, true);
    // Sent the ordinary way, the form is answered with a page that says what can be done.
    if (next) status.append(" ", Object.assign(document.createElement("button"), { textContent: next, className: "link", name: "then", value: "save" }));
  },
};

const dispatch = (event, detail) => {
  const next = NEXT[state][event];
  if (next === undefined) return console.error(`autosave: “${event}” cannot come in “${state}”`);
  if (next === STAY) return;
  clearTimeout(timer);
  state = next;
  form.dataset.autosaveState = state;
  ENTER[next]?.(detail);
};

let latest = answers();
const notice = () => {
  if (same(latest, answers())) return; // An input's change, after each of its letters was told.
  latest = answers();
  keep();
  mention("Not saved yet");
  dispatch("typed");
};

const putBack = (kept) => {
  const controls = [...form.elements].filter(({ name, type }) => name && !OWN.has(name) && type !== "submit");
  // Somebody may have typed before this script came.
  const typed = new Set(controls.filter((control) => !isControlAsServed(control)).map(({ name }) => name));
  const questions = controls.filter(({ name }) => !typed.has(name));
  const valuesOf = (question) => kept.filter(([name]) => name === question).map(([, value]) => value);
  answerForm(form, new Map(questions.map(({ name }) => [name, valuesOf(name)])));
  say("What had not been saved is back.");
};

form.addEventListener("input", notice);
form.addEventListener("change", notice);
window.addEventListener("online", () => {
  if (!SETTLED.has(state)) say("Saving …"); // That the server does not answer was true until now.
  dispatch("online");
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
// What is on its way is broken off with the page; if it came, the same once more changes nothing.
window.addEventListener("pagehide", () => {
  if (!SETTLED.has(state)) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
});
form.addEventListener("submit", async (event) => {
  if (event.submitter?.matches("[data-by-enter]") && state !== "ended") {
    event.preventDefault();
    isAskedFor = true;
    return dispatch("enter"); // Even if nothing was typed: a new campaign is made by it.
  }
  if (SETTLED.has(state)) return;
  event.preventDefault(); // Leave with the draft saved, or stay here and say why not.
  await attempt;
  if (!SETTLED.has(state)) {
    dispatch("leave");
    await attempt;
  }
  if (state === "waiting") {
    dispatch("leave"); // That was what no answer had come to; this is what was typed since.
    await attempt;
  }
  if (SETTLED.has(state)) form.requestSubmit(event.submitter);
});

const before = await readCopy(draft);
if (before && !same(before.answers, answers())) {
  if (!same(before.sent, answers())) form.elements.version.value = before.version;
  putBack(before.answers);
} else if (isAsServed(form)) {
  dropCopy(draft);
} else {
  dispatch("typed");
}
