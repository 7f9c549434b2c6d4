// Tick the first days of the week: five are the weekdays, seven are every day.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick]");
  if (!button) return;
  const boxes = document.querySelectorAll(`input[name="${button.dataset.tick}"]`);
  boxes.forEach((box, number) => { box.checked = number < Number(button.dataset.count); });
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
});
