// Keep this browser's own copy of a draft. Where nothing may be stored, there is none, and the server's copy has to do.
const keyOf = (draft) => `draft:${draft}`;

export const storeCopy = (draft, copy) => {
  try {
    localStorage.setItem(keyOf(draft), JSON.stringify(copy));
  } catch {
    // There is none.
  }
};
export const readCopy = (draft) => {
  try {
    return JSON.parse(localStorage.getItem(keyOf(draft)));
  } catch {
    return null;
  }
};
export const dropCopy = (draft) => {
  try {
    localStorage.removeItem(keyOf(draft));
  } catch {
    // There is none.
  }
};
