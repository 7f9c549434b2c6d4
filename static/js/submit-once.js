// A form that changes something is sent once; the server makes sure of it, this only says so.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // It is held, and nothing is sent.
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = "";
    const button = event.submitter;
    if (button?.dataset.sending === undefined) return;
    // Its words get fewer: what stands beside it must not slide under a second press.
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = button.dataset.sending;
    button.setAttribute("aria-disabled", "true");
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // What was sent is another page by now.
});
