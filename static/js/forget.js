// Drop this browser's own copy of a draft once a person has settled what to keep of it.
import { dropCopy, settleCopy } from "./local-copy.js";

for (const part of document.querySelectorAll("[data-forget]")) {
  part.addEventListener("submit", () => settleCopy(part.dataset.forget));
  part.addEventListener("click", (event) => {
    if (event.target.closest("a")) dropCopy(part.dataset.forget);
  });
}
