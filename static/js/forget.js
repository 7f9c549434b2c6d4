// Drop this browser's own copy of a draft once a person has settled what to keep of it.
for (const part of document.querySelectorAll("[data-forget]")) {
  for (const kind of ["submit", "click"]) {
    part.addEventListener(kind, (event) => {
      if (kind === "click" && !event.target.closest("a")) return;
      try { localStorage.removeItem(`draft:${part.dataset.forget}`); } catch { /* There is none. */ }
    });
  }
}
