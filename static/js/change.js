// Change the form as a press asks for: at once, said in words, and with an offer to undo it.
import { answerForm } from "./set-control.js";

const status = document.getElementById("changed");

export const changeForm = (form, answers, words) => {
  const held = new FormData(form);
  const isThere = ([name, values]) => JSON.stringify(held.getAll(name)) === JSON.stringify(values);
  if ([...answers].every(isThere)) return; // A second press would take the first one's offer away.
  const before = [...answers.keys()].flatMap((name) => {
    const values = held.getAll(name);
    return (values.length ? values : [""]).map((value) => [name, value]);
  });
  answerForm(form, answers);
  const undo = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Undo" });
  undo.dataset.undo = new URLSearchParams(before);
  status.replaceChildren(`Changed. ${words} `, undo);
  status.hidden = false;
};
