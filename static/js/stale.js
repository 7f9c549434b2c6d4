// Say so when what stands beside the form is older than what was typed, and ask again.
const notice = document.getElementById("out-of-date");
const AGAIN = 5000; // Milliseconds.
let timer;

const say = (isStale) => {
  clearTimeout(timer);
  notice.hidden = !isStale;
  notice.parentElement.classList.toggle("stale", isStale);
};
const ask = () => document.querySelector("form[hx-post]").dispatchEvent(new Event("preview"));
const sayStale = (status) => {
  say(true);
  if (!status || status >= 500) timer = setTimeout(ask, AGAIN); // Any other answer will be the same.
};
document.addEventListener("htmx:error", () => sayStale());
document.addEventListener("htmx:response:error", (event) => sayStale(event.detail.ctx.response?.status));
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.response.status === 200) say(false); // It comes after each answer, swapped or not.
});
window.addEventListener("online", () => {
  if (notice.hidden) return;
  say(false);
  ask();
});
