// Drop this browser's own copy of a draft once a person has settled what to keep of it.
import { dropCopy } from "./local-copy.js";

for (const part of document.querySelectorAll("[data-forget]")) {
  for (const kind of ["submit", "click"]) {
    part.addEventListener(kind, (event) => {
      if (kind === "click" && !event.target.closest("a")) return;
      dropCopy(part.dataset.forget);
    });
  }
}
