// Save what is typed, by itself: into the draft, and until the server has it, in this browser.
//
// Every change is kept in local storage at once and saved a moment later. When saving fails it is
// tried again for as long as the page is open; when the page is closed first, the next visit
// finds what was not saved and puts it back.
const form = document.querySelector("form[data-autosave]");
const status = document.getElementById("saved");
const key = `draft:${form.dataset.draft}`;
const PAUSE = 600, LONGEST_WAIT = 30_000, OWN = new Set(["csrf_token", "version"]);

let timer, wait = 1000, changed = false, saving = null, closed = false;

const say = (words, failed = false) => {
  status.textContent = words;
  status.classList.toggle("failed", failed);
};
const answers = () => [...new FormData(form)].filter(([name]) => !OWN.has(name));
const version = () => form.elements.version.value;

const keep = () => {
  try {
    localStorage.setItem(key, JSON.stringify({ version: version(), answers: answers() }));
  } catch { /* No storage here: the server's copy has to do. */ }
};
const forget = () => { try { localStorage.removeItem(key); } catch { /* As above. */ } };

const later = (delay) => {
  clearTimeout(timer);
  if (!closed) timer = setTimeout(save, delay);
};

const stop = (words, link) => {
  closed = true;
  say(words, true);
  if (link) status.append(" ", link);
};

const compare = () => {
  const button = Object.assign(document.createElement("button"), { textContent: "Compare the two", className: "link", name: "then", value: "save" });
  return button;
};

const took = async (answer) => {
  const told = await answer.json();
  if (answer.ok) {
    form.elements.version.value = told.version;
    wait = 1000;
    if (location.pathname !== told.address) history.replaceState(null, "", told.address);
    if (changed) return keep();
    forget();
    say(`Saved at ${new Date().toTimeString().slice(0, 5)}`);
  } else if (told.stale) {
    stop("Not saved: this draft was changed elsewhere.", compare());
  } else if (told.locked) {
    forget();
    stop("Not saved: this campaign was sent meanwhile.", Object.assign(document.createElement("a"), { href: told.locked, textContent: "See what became of it" }));
  }
};

const failed = () => {
  changed = true;
  say(`Not saved. It is kept in this browser; trying again in ${wait / 1000} s.`, true);
  later(wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};

const save = () => {
  if (closed || !changed || saving) return saving;
  changed = false;
  say("Saving …");
  saving = fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok || answer.status === 409 || answer.status === 423 ? took(answer) : failed()), failed)
    .catch(failed)
    .finally(() => { saving = null; if (changed && !closed) later(Math.max(PAUSE, status.classList.contains("failed") ? wait / 2 : 0)); });
  return saving;
};

const touched = () => {
  changed = true;
  keep();
  if (!status.classList.contains("failed")) say("Not saved yet");
  later(PAUSE);
};

const putBack = (kept) => {
  for (const control of form.elements) {
    if (!control.name || OWN.has(control.name) || control.type === "submit") continue;
    const given = kept.answers.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "radio" || control.type === "checkbox") control.checked = given.includes(control.value);
    else control.value = given[0] ?? "";
  }
  form.elements.version.value = kept.version;
  form.dispatchEvent(new Event("change", { bubbles: true }));
  say("What had not been saved is back.");
};

form.addEventListener("input", touched);
form.addEventListener("change", touched);
window.addEventListener("online", () => later(0));
window.addEventListener("pagehide", () => {
  if (changed && !closed) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
});
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (saving) {
    event.preventDefault();
    saving.finally(() => form.requestSubmit(event.submitter));
    return;
  }
  changed = false;
});

try {
  const kept = JSON.parse(localStorage.getItem(key));
  if (kept && JSON.stringify(kept.answers) !== JSON.stringify(answers())) putBack(kept);
  else forget();
} catch { forget(); }
