// Choose the option that a field belongs to, as soon as something is typed into the field.
import { setControl } from "./set-control.js";

for (const input of document.querySelectorAll("[data-chooses]")) {
  input.addEventListener("input", () => {
    const option = document.getElementById(input.dataset.chooses);
    if (input.value) setControl(option, [option.value]);
  });
}
