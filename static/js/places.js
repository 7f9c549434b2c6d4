// Offer places while one types: the list completes what stands after the last comma.
const input = document.querySelector("input[data-places]");
const list = document.getElementById("places");
let places = [];

const offer = () => {
  const typed = input.value.split(/[,;]\s*/);
  const begun = typed.pop().toLowerCase();
  const before = typed.length ? `${typed.join(", ")}, ` : "";
  const matching = places.filter(([name, word]) => `${name} ${word}`.toLowerCase().includes(begun)).slice(0, 40);
  list.replaceChildren(
    ...matching.map(([name, word]) => {
      const option = document.createElement("option");
      option.value = before + name;
      option.label = word === name ? name : `${name} (${word})`;
      return option;
    }),
  );
};

input?.addEventListener("focus", async () => {
  if (places.length) return;
  try {
    const answer = await fetch(input.dataset.places);
    if (!answer.ok) return;
    places = await answer.json();
  } catch {
    return;
  }
  offer();
});
input?.addEventListener("input", offer);
