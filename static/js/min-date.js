// Keep the earliest choice of a date or time in step with the answer that it must come after.
for (const input of document.querySelectorAll("[data-after]")) {
  const earlier = document.getElementById(input.dataset.after);
  // The form tells of changes by scripts as well.
  earlier?.form.addEventListener("change", () => {
    input.min = earlier.value;
  });
}
