// A form that sends is sent by one press; the server makes sure of it, this only says so.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = "";
    const button = form.querySelector("button[data-sending]");
    button.textContent = button.dataset.sending;
    button.setAttribute("aria-disabled", "true");
  });
}
