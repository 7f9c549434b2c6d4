// Offer the time zones while one types, with their offsets, and start at the browser's own.
import { setControl } from "./set-control.js";

const input = document.querySelector("input[data-zones]");
const list = document.getElementById("zones");

const offer = async () => {
  if (!input || list.childElementCount) return;
  const answer = await fetch(input.dataset.zones);
  const zones = answer.ok ? await answer.json() : [];
  if (list.childElementCount) return;
  list.append(
    ...zones.map(([name, offset]) => {
      const option = document.createElement("option");
      option.value = name;
      option.label = `${name.replaceAll("_", " ")} (UTC${offset})`;
      return option;
    }),
  );
};

input?.addEventListener("focus", () => offer().catch(() => {}));

// A new campaign starts at it once it asks for a zone; before, the zone would be kept and not sent.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const start = () => {
  const asks = new FormData(input.form).get("type") === "OUTBOUND";
  if (asks && !input.value) setControl(input, [own]);
};
if (input && input.form.dataset.new !== undefined) {
  for (const type of input.form.elements.type) type.addEventListener("change", start);
  start();
}
