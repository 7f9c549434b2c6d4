// Offer the time zones while one types, with their offsets, and start at the browser's own.
const input = document.querySelector("input[data-zones]");
const list = document.getElementById("zones");

const offer = async () => {
  if (!input || list.childElementCount) return;
  const zones = await (await fetch(input.dataset.zones)).json();
  if (list.childElementCount) return;
  list.append(...zones.map(([name, offset]) => {
    const option = document.createElement("option");
    option.value = name;
    option.label = `${name.replaceAll("_", " ")} (UTC${offset})`;
    return option;
  }));
};

input?.addEventListener("focus", () => offer().catch(() => {}), { once: false });

if (input && input.form.dataset.new !== undefined && !input.value) {
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
