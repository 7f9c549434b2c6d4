// Find a campaign, a page or an action by typing: a combobox in a dialog. Pages and actions are what
// stands on the page that is open; campaigns come from the search of the list. A link is followed. A
// button is only gone to, unless it has a shortcut: what it does may not be taken back.
import { setControl } from "./set-control.js";

const dialog = document.getElementById("palette");
const input = dialog.querySelector("[role=combobox]");
const list = dialog.querySelector("[role=listbox]");
const status = dialog.querySelector("[role=status]");
const PAUSE = 120; // Milliseconds.
const SILENCE = 8000;
const FEW = 12;

let places = []; // Pages, and what is on this one; read when the dialog opens.
let campaigns = [];
let chosen = ""; // The key of the choice that is marked, once somebody has moved to it.
let asked = Promise.resolve(); // Is over when the last question is answered, or was given up.
let giveUp = () => {};
let hasFailed = false;
let timer;
let request;

const wordsOf = (element) => (element.getAttribute("aria-label") ?? element.textContent).replace(/\s+/g, " ").trim();
const goTo = (address) => () => location.assign(address);
const press = (button) => () => {
  button.focus();
  if (button.hasAttribute("aria-keyshortcuts")) button.click();
};

const readPlaces = () => {
  const { new: address } = dialog.dataset;
  const seen = new Set();
  const read = (group, selector) =>
    [...document.querySelectorAll(selector)]
      .filter((element) => element.checkVisibility() && !element.disabled && wordsOf(element))
      .map((element) => ({
        group,
        words: wordsOf(element),
        detail: element.matches("button") && !element.hasAttribute("aria-keyshortcuts") ? "Go to the button" : "",
        address: element.href,
        go: element.matches("button") ? press(element) : () => element.click(),
      }))
      .filter(({ words, address: at }) => !seen.has(`${words} ${at}`) && seen.add(`${words} ${at}`));
  const first = address ? [{ group: "Pages", words: "New campaign", detail: "", address: new URL(address, location).href, go: goTo(address) }] : [];
  for (const { words, address: at } of first) seen.add(`${words} ${at}`);
  return [...first, ...read("Pages", ".masthead nav a, .masthead .who a"), ...read("On this page", "main a[href], main button:not([aria-hidden])")];
};

const matches = ({ words, detail }) => {
  const text = `${words} ${detail}`.toLowerCase();
  return input.value
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};
const listChoices = () => {
  const listed = new Set(campaigns.map(({ address }) => address));
  const fitting = places.filter((place) => matches(place) && !listed.has(place.address));
  const here = input.value.trim() ? fitting.filter(({ group }) => group !== "Pages").slice(0, FEW) : [];
  return [...fitting.filter(({ group }) => group === "Pages"), ...campaigns, ...here];
};
const keyOf = ({ group, words, address }) => `${group} ${words} ${address}`;

let choices = [];
const mark = () => {
  const at = Math.max(
    0,
    choices.findIndex((choice) => keyOf(choice) === chosen),
  );
  const options = [...list.querySelectorAll("[role=option]")];
  for (const [number, option] of options.entries()) option.setAttribute("aria-selected", String(number === at));
  if (options.length) input.setAttribute("aria-activedescendant", options[at].id);
  else input.removeAttribute("aria-activedescendant");
  options[at]?.scrollIntoView({ block: "nearest" });
  return at;
};

const make = (name, attributes, ...children) => {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
};
const drawOption = (choice, number) => {
  const option = make("div", { id: `choice-${number}`, className: "choice", role: "option" }, make("span", {}, choice.words));
  if (choice.detail) option.append(" ", make("span", { className: "hint" }, choice.detail));
  option.dataset.number = number;
  return option;
};
const draw = () => {
  choices = listChoices();
  const groups = [...new Set(choices.map(({ group }) => group))].map((group, number) => {
    const title = make("p", { id: `choices-${number}`, className: "hint" }, group);
    const options = choices.map((choice, at) => choice.group === group && drawOption(choice, at)).filter(Boolean);
    const part = make("div", { role: "group" }, title, ...options);
    part.setAttribute("aria-labelledby", title.id);
    return part;
  });
  list.replaceChildren(...groups);
  mark();
  input.setAttribute("aria-expanded", String(choices.length > 0));
  const found = choices.length ? `${choices.length} found` : "Nothing is called that.";
  say(hasFailed ? "The search for campaigns does not answer." : found);
};
// Each writing is read aloud, also of what stands there already.
const say = (words) => {
  if (status.textContent !== words) status.textContent = words;
};

const fetchCampaigns = async () => {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  try {
    const address = `${dialog.dataset.find}?${new URLSearchParams({ search: input.value })}`;
    const answer = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(SILENCE)]) });
    const matching = answer.ok ? await answer.json() : [];
    hasFailed = !answer.ok;
    campaigns = matching.map(({ name, detail, address }) => ({
      group: input.value.trim() ? "Campaigns" : "Last changed",
      words: name,
      detail,
      address: new URL(address, location).href,
      go: goTo(address),
    }));
  } catch {
    if (signal.aborted) return; // A later question is under way.
    campaigns = [];
    hasFailed = true;
  }
  draw();
};
const ask = () => {
  stopAsking();
  if (!dialog.dataset.find) return;
  asked = new Promise((done) => {
    giveUp = done;
    timer = setTimeout(() => fetchCampaigns().then(done), PAUSE);
  });
};
const stopAsking = () => {
  clearTimeout(timer);
  request?.abort();
  giveUp();
};

const go = (choice) => {
  if (!choice) return;
  dialog.close();
  choice.go();
};
// A page is there at once; a campaign is what the search will say.
const goToMarked = async () => {
  const marked = choices[mark()];
  if (chosen || marked?.group === "Pages") return go(marked);
  const question = asked;
  status.textContent = "Searching …";
  await question;
  if (dialog.open && question === asked) go(choices[mark()]);
};
const move = (by) => {
  if (!choices.length) return;
  chosen = keyOf(choices[(mark() + by + choices.length) % choices.length]);
  mark();
};

input.addEventListener("input", () => {
  chosen = "";
  campaigns = campaigns.filter(matches);
  draw();
  ask();
});
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    goToMarked();
  }
});
dialog.addEventListener("close", stopAsking);
list.addEventListener("click", (event) => go(choices[event.target.closest("[role=option]")?.dataset.number]));
list.addEventListener("pointerdown", (event) => event.preventDefault()); // Focus stays where one types.

export const openPalette = () => {
  if (dialog.open) return;
  places = readPlaces();
  campaigns = [];
  chosen = "";
  hasFailed = false;
  setControl(input, [""]);
  draw();
  dialog.showModal();
  ask();
};
