// A live region that a page arrives with is silent: what was done by the press before is put in anew.
const WAIT = 200; // Until the page itself has been announced.

const say = (flash) => flash.replaceChildren(...flash.childNodes);
setTimeout(() => {
  for (const flash of document.querySelectorAll(".flash[role=status]:not([hidden])")) if (!flash.contains(document.activeElement)) say(flash);
}, WAIT);
