// Give controls their answers by script; every script that answers for a person does it here.
export const setControl = (control, values) => {
  if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
  else control.value = values[0] ?? "";
};

// Answer questions of a form, by their names, and tell the form once, as of a person's change.
export const answerForm = (form, answers) => {
  for (const control of form.elements) {
    if (answers.has(control.name)) setControl(control, answers.get(control.name));
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
};
