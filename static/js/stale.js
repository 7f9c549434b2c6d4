// Say so when what stands beside the form is older than what was typed.
const notice = document.getElementById("out-of-date");
const say = (isStale) => () => {
  notice.hidden = !isStale;
  notice.parentElement.classList.toggle("stale", isStale);
};
document.addEventListener("htmx:error", say(true));
document.addEventListener("htmx:response:error", say(true));
document.addEventListener("htmx:after:swap", say(false));
window.addEventListener("online", () => {
  if (notice.hidden) return;
  say(false)();
  document.querySelector("form[hx-post]").dispatchEvent(new Event("preview"));
});
