// Offer the ids of the connection's address book while one types.
const form = document.querySelector("form[data-books]");
const books = new Map(); // What each connection's book holds, by the connection's key.
const KINDS = { WORKFLOW: "workflow", SQUAD: "squad" };

const fetchBook = async (key) => {
  const answer = await fetch(`${form.dataset.books}/${encodeURIComponent(key)}/book.json`);
  if (!answer.ok) throw new Error(`The address book is not to be had: ${answer.status}`);
  return answer.json();
};
const book = (key) => {
  if (!books.has(key)) books.set(key, fetchBook(key));
  return books.get(key);
};
const isOffered = (field, kind) => field !== "assistant_id" || kind === (KINDS[new FormData(form).get("vapi_calling_entity")] ?? "assistant");

const offer = async (input) => {
  const key = form.elements.connection.value;
  const known = (await book(key))[input.dataset.book] ?? [];
  if (key !== form.elements.connection.value) return; // Another connection was chosen meanwhile.
  input.list.replaceChildren(
    ...known
      .filter(([kind]) => isOffered(input.dataset.book, kind))
      .map(([, id, nickname]) => {
        const option = document.createElement("option");
        option.value = id;
        option.label = nickname ? `${nickname} (${id})` : id;
        return option;
      }),
  );
};
const offerIn = (input) => {
  if (input?.dataset?.book) offer(input).catch(() => books.clear());
};
form.addEventListener("focusin", (event) => offerIn(event.target));
offerIn(document.activeElement); // Somebody may be there before this script is.
