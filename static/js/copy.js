// Copy the text of the element that a button names.
const SHOWN = 2000; // Milliseconds.
const status = document.createElement("p");
status.setAttribute("role", "status");
status.className = "visually-hidden";
document.body.append(status);
const timers = new Map(); // By button, while it says what became of a press.

const say = (button, words) => {
  button.dataset.words ??= button.textContent;
  button.textContent = words;
  status.textContent = words;
  clearTimeout(timers.get(button));
  timers.set(
    button,
    setTimeout(() => {
      button.textContent = button.dataset.words;
      status.textContent = "";
    }, SHOWN),
  );
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    say(button, "Copied");
  } catch {
    getSelection().selectAllChildren(source);
    say(button, /Mac|iP/.test(navigator.platform) ? "Press ⌘C" : "Press Ctrl+C");
  }
});
