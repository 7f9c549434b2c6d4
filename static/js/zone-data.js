// Say so where this browser's zone data disagrees with the server's on the campaign's own dates.
const minutes = (zone, at) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return (Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute) - at.getTime()) / 60_000;
};
const differs = (zone, instants) => {
  try {
    return instants.some(([at, offset]) => Math.abs(minutes(zone, new Date(at)) - offset) >= 1);
  } catch {
    return true; // The browser does not know the zone at all.
  }
};
const compare = () => {
  for (const note of document.querySelectorAll("[data-instants]")) {
    note.hidden = !differs(note.dataset.zone, JSON.parse(note.dataset.instants));
  }
};
compare();
document.addEventListener("htmx:after:swap", compare);
