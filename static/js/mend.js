// Put a proposed change into the form at once, and say what it was; without scripts the server does it.
const form = document.getElementById("campaign");
const told = document.getElementById("changed");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=mend]");
  if (!button) return;
  event.preventDefault();
  const words = button.textContent;
  const wanted = new URLSearchParams(button.value);
  for (const name of new Set(wanted.keys())) {
    const values = wanted.getAll(name);
    for (const control of form.querySelectorAll(`[name="${name}"]`)) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else control.value = values[0];
    }
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  told.textContent = `Changed. ${words}`;
  told.hidden = false;
});
form?.addEventListener("input", () => { told.hidden = true; });
