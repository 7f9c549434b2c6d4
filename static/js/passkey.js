// Hand what the server asks for to the browser's passkeys, and post what they answer.
import { setControl } from "./set-control.js";

const form = document.querySelector("[data-passkey]");
const REFUSED = "The browser gave no passkey. Try again, or sign in with your password.";

const show = (words) => {
  const place = form.querySelector("[data-passkey-error]");
  place.textContent = words;
  place.hidden = false;
};
const ask = async () => {
  const options = JSON.parse(form.dataset.options);
  try {
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    const answer = credential.toJSON();
    answer.extensions = JSON.stringify(answer.clientExtensionResults);
    setControl(form.elements.credential, [JSON.stringify(answer)]);
    form.submit();
  } catch {
    show(REFUSED);
  }
};

if (form) {
  form.querySelector("[data-passkey-ask]").addEventListener("click", ask);
  ask();
}
