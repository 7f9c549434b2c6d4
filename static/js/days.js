// Tick the first days of the week: five are the weekdays, seven are every day.
import { changeForm } from "./change.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick]");
  if (!button) return;
  const { tick: name, count } = button.dataset;
  const days = [...document.querySelectorAll(`input[name="${name}"]`)].map((box) => box.value);
  changeForm(button.form, new Map([[name, days.slice(0, Number(count))]]), `${button.textContent}.`);
});
