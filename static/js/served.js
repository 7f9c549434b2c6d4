// Whether a form still holds what the server gave it; a browser puts some of it back by itself, and
// somebody may type before the scripts have come.
export const isAsServed = (form) =>
  [...form.querySelectorAll("input")].every((input) => input.value === input.defaultValue && input.checked === input.defaultChecked) &&
  [...form.querySelectorAll("option[selected]")].every((option) => option.selected);
