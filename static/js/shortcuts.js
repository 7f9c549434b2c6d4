// Keys for what is on the page: each does what a link or a button does. Single letters do nothing while
// somebody types or a dialog is open, and all of them can be switched off, for this browser.
import { openPalette } from "./palette.js";
import { setControl } from "./set-control.js";

const help = document.getElementById("keys");
const palette = document.getElementById("palette");
const choice = document.getElementById("keys-on");
const status = document.getElementById("key-told");
const NAME = "shortcuts";
const TYPED_IN = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
const ROWS = "main table:is(.list, .campaigns) tbody tr, main [data-row-link]";
const isMac = /Mac|iP/.test(navigator.platform);

const readChoice = () => {
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true;
  }
};
const keepChoice = (isOn) => {
  try {
    if (isOn) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, "off");
  } catch {
    // It holds for this page.
  }
};

const find = (selector) => [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
const openHelp = () => {
  if (palette.open) palette.close();
  if (!help.open) help.showModal();
};
const openFinder = () => {
  if (help.open) help.close();
  openPalette();
};

const rows = () => [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
const linkOf = (row) => (row.matches("a") ? row : row.querySelector("a[href]"));
const move = (by) => {
  const links = rows().map(linkOf).filter(Boolean);
  const at = links.findIndex((link) => link.closest(ROWS).contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next]?.focus();
  return links.length > 0;
};
const tick = () => {
  const row = document.activeElement.closest(ROWS);
  const box = row?.querySelector("input[type=checkbox]");
  if (!box) return false;
  if (box !== document.activeElement) status.textContent = ""; // Else the box says so itself.
  box.click();
  if (box !== document.activeElement) status.textContent = `${box.checked ? "Ticked" : "Not ticked"}: ${linkOf(row)?.textContent.trim() ?? ""}`;
  return true;
};
const search = () => {
  const field = find("main input[type=search]");
  field?.focus();
  field?.select();
  if (!field) openFinder();
};
const press = (selector) => () => {
  const button = find(selector);
  button?.click();
  return Boolean(button);
};

// Saving by its key stays in the form, as Enter in a field does.
const save = () => {
  const button = document.querySelector("[data-by-enter]");
  if (!button) return false;
  button.form.requestSubmit(button);
  return true;
};
const WITH_MODIFIER = { k: openFinder, s: save, Enter: press(".actions button[value=review]") };
const ALONE = {
  "/": search,
  "?": openHelp,
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  n: () => (palette.dataset.new ? location.assign(palette.dataset.new) : false),
};
const MARKED = { "[data-opens=palette]": "K", ".actions button[value=save]": "S", ".actions button[value=review]": "Enter" };

document.addEventListener("keydown", (event) => {
  if (!choice.checked || event.isComposing || event.altKey || event.defaultPrevented) return;
  const hasModifier = isMac ? event.metaKey : event.ctrlKey;
  if (event.ctrlKey || event.metaKey) {
    if (!hasModifier || event.shiftKey || (event.key !== "k" && (palette.open || help.open))) return;
    if (Object.hasOwn(WITH_MODIFIER, event.key) && WITH_MODIFIER[event.key]() !== false) event.preventDefault();
    return;
  }
  // A field of a dialog that was just closed has focus until the page is drawn again.
  if (palette.open || help.open || event.target.closest?.(TYPED_IN)?.checkVisibility()) return;
  if (Object.hasOwn(ALONE, event.key) && ALONE[event.key]() !== false) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-opens]")?.dataset.opens;
  if (opens === "palette") openFinder();
  if (opens === "keys") openHelp();
  if (event.target === palette || event.target === help) event.target.close(); // Beside it.
});

const show = () => {
  document.documentElement.classList.toggle("no-keys", !choice.checked);
  for (const [selector, key] of Object.entries(MARKED)) {
    for (const element of document.querySelectorAll(selector)) {
      if (choice.checked) element.setAttribute("aria-keyshortcuts", `${isMac ? "Meta" : "Control"}+${key}`);
      else element.removeAttribute("aria-keyshortcuts");
    }
  }
};
choice.addEventListener("change", () => {
  keepChoice(choice.checked);
  show();
});
if (isMac) for (const key of document.querySelectorAll("[data-mod]")) key.textContent = "⌘";
setControl(choice, readChoice() ? [choice.value] : []);
show();
