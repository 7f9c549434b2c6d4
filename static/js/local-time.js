// Write instants in the reader's own time; the server writes UTC.
const format = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});
for (const moment of document.querySelectorAll("time[data-moment]")) {
  moment.title = moment.textContent;
  moment.textContent = format.format(new Date(moment.dateTime));
}
// The distance in time says how long ago; a pointer on it is told the instant.
for (const ago of document.querySelectorAll("[data-ago]")) {
  ago.title = ago.querySelector("time").textContent;
}
