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
  moment.title = `${moment.dateTime.slice(0, 19).replace("T", " ")} UTC`; // Seconds tell what came first.
  moment.textContent = format.format(new Date(moment.dateTime));
}
// An option of a list can hold no element.
for (const option of document.querySelectorAll("option[data-moment]")) {
  const { moment, utc } = option.dataset;
  option.textContent = option.textContent.replace(utc, format.format(new Date(moment)));
}
// The distance in time says how long ago; a pointer on it is told the instant.
for (const ago of document.querySelectorAll("[data-ago]")) {
  ago.title = ago.querySelector("time").textContent;
}
