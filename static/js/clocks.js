// Show times by another clock without leaving the page; only the browser knows the reader's own.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const form = document.querySelector("form[hx-post]");

for (const button of document.querySelectorAll("[data-own-clock]")) {
  button.value = own ?? "";
  button.hidden = !own;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=clock]");
  if (!button || !form) return;
  event.preventDefault();
  const [prefix, secure] = location.protocol === "https:" ? ["__Host-", "; secure"] : ["", ""];
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API.
  document.cookie = `${prefix}clock=${button.value}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const other of button.parentElement.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  form.dispatchEvent(new Event("preview"));
});
