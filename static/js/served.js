// Whether a form still holds what the server gave it; a browser puts some of it back by itself, and
// somebody may type before the scripts have come.
export const isControlAsServed = (control) =>
  control.options
    ? [...control.options].every((option) => option.selected || !option.defaultSelected)
    : control.value === control.defaultValue && control.checked === control.defaultChecked;

export const listControls = (form) => [...form.querySelectorAll("input, select, textarea")];
export const isAsServed = (form) => listControls(form).every(isControlAsServed);
