// Count down to when something may be pressed again, and hold the button until then.
for (const part of document.querySelectorAll("[data-countdown]")) {
  const ends = new Date(part.dataset.countdown).getTime();
  const button = document.querySelector("[data-after-countdown]");
  const form = button?.form;
  const hold = (event) => event.submitter === button && event.preventDefault();
  form?.addEventListener("submit", hold, true);
  button?.setAttribute("aria-disabled", "true");
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    part.textContent = left ? ` (in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")})` : " (now)";
    if (left) return setTimeout(tick, 500);
    form?.removeEventListener("submit", hold, true);
    button?.removeAttribute("aria-disabled");
  };
  tick();
}
