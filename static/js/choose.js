// Choose the option that a field belongs to, as soon as something is typed into the field.
for (const input of document.querySelectorAll("[data-chooses]")) {
  input.addEventListener("input", () => {
    if (input.value) document.getElementById(input.dataset.chooses).checked = true;
  });
}
