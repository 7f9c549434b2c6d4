// Keep this browser's own copy of a draft, encrypted by a key that is in the page alone. Where nothing may be stored,
// or the page came over no safe way, there is none, and the server's copy has to do.
const IV = 12; // Bytes.
const { copyKey = "" } = document.querySelector("[data-copy-key]")?.dataset ?? {};
const masked = Uint8Array.fromHex?.(copyKey) ?? [];
const raw = masked.slice(masked.length / 2).map((byte, at) => byte ^ masked[at]);
const key = raw.length ? crypto.subtle?.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]) : undefined;

export const canKeep = Boolean(key);

// One after the other: what was typed last is what stays.
let last = Promise.resolve();
const inTurn = (step) => {
  last = last.then(step).catch(() => null);
  return last;
};
// Each tab has its own, as one may have saved what another could not.
const nameOf = (draft) => {
  const tab = sessionStorage.getItem("tab") ?? crypto.randomUUID();
  sessionStorage.setItem("tab", tab);
  return `draft:${draft}:${tab}`;
};
// What a tab has left that is closed belongs to the next one that opens the draft.
const adopt = (draft) => {
  const own = nameOf(draft);
  if (localStorage.getItem(own) !== null) return;
  const left = Object.keys(localStorage).find((name) => `${name}:`.startsWith(`draft:${draft}:`));
  if (left === undefined) return;
  localStorage.setItem(own, localStorage.getItem(left));
  localStorage.removeItem(left);
};

export const storeCopy = (draft, copy) =>
  inTurn(async () => {
    const iv = crypto.getRandomValues(new Uint8Array(IV));
    const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(JSON.stringify(copy)));
    localStorage.setItem(nameOf(draft), iv.toBase64() + new Uint8Array(locked).toBase64());
  });
export const readCopy = (draft) =>
  inTurn(async () => {
    adopt(draft);
    const kept = Uint8Array.fromBase64(localStorage.getItem(nameOf(draft)));
    const iv = kept.subarray(0, IV);
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key, kept.subarray(IV))));
  });
export const dropCopy = (draft) => inTurn(() => localStorage.removeItem(nameOf(draft)));

// A press that settles what to keep may not arrive. If it does, the next page comes by a redirect.
const SETTLED = "settled";
export const settleCopy = (draft) => inTurn(() => sessionStorage.setItem(SETTLED, draft));

inTurn(() => {
  const settled = sessionStorage.getItem(SETTLED);
  sessionStorage.removeItem(SETTLED);
  if (settled && performance.getEntriesByType("navigation")[0]?.redirectCount) localStorage.removeItem(nameOf(settled));
});
