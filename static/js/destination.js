// Show at once where the campaign goes, when another connection is chosen.
const choice = document.querySelector("select[name=connection]");
const pill = document.getElementById("connection-shown");

const show = () => {
  const { colour, sandbox, shown: name } = choice.selectedOptions[0].dataset;
  const isSandbox = sandbox !== undefined;
  document.body.className = `to-${colour}${isSandbox ? " is-sandbox" : ""}`;
  pill.className = `connection ${document.body.className}`;
  for (const place of [pill, document.getElementById("goes-to")]) {
    place.querySelector("strong").textContent = isSandbox ? "SANDBOX" : "LIVE";
    place.querySelector("strong + span").textContent = name;
  }
};
choice.addEventListener("change", show);
if (choice.selectedOptions.length) show(); // A browser may have put an earlier choice back.
