// Show a part of the form only while the answer it depends on is given.
// `data-shown-when` is "name=value"; a further "|" means "or while nothing is chosen".
// Parts are hidden, not disabled: a disabled input is not posted, and the draft would forget it.
for (const form of document.querySelectorAll("form[data-conditional]")) {
  const update = () => {
    const answers = new FormData(form);
    for (const part of form.querySelectorAll("[data-shown-when]")) {
      const [name, expected] = part.dataset.shownWhen.split("=");
      const answer = answers.get(name) ?? "";
      part.classList.toggle("unused", !expected.split("|").includes(answer));
    }
  };
  form.addEventListener("change", update);
  update();
}
