// What is typed at the scale and not saved yet, kept by this browser at every key: one draft for each opened form, under
// its client id. "strict" means on the disk before it counts: a phone that dies a moment later still has it.

const KEPT_FOR = 30 * 24 * 3600 * 1000;

const opened = new Promise((resolve) => {
  const request = indexedDB.open("drafts", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "id" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => resolve(null); // a browser that keeps nothing: then there is no draft
});

async function transact(mode, work) {
  const database = await opened;
  return database && new Promise((resolve, reject) => {
    const transaction = database.transaction("drafts", mode, { durability: "strict" });
    const request = work(transaction.objectStore("drafts"));
    transaction.commit?.(); // now: the page may be left with the next tap
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const keep = (draft) => transact("readwrite", (store) => store.put(draft));
export const forget = (id) => transact("readwrite", (store) => store.delete(id));

// Of this clerk, the newest first. `kind` is what the form is for.
export async function drafts(clerk, kind) {
  const all = (await transact("readonly", (store) => store.getAll())) ?? [];
  const old = (draft) => Date.now() - draft.at > KEPT_FOR;
  all.filter(old).forEach((draft) => forget(draft.id));
  return all.filter((draft) => !old(draft) && draft.clerk === clerk && draft.kind === kind).sort((one, other) => other.at - one.at);
}

const wanted = new URLSearchParams(window.location.search).get("draft");

// The draft that this page was opened to go on with.
export const goneOnWith = async (clerk, kind) => wanted && (await drafts(clerk, kind)).find((draft) => draft.id === wanted);

export const typedSoFar = (form) =>
  Object.fromEntries([...new FormData(form)].filter(([name]) => !["step", "go", "confirmed", "chosen"].includes(name)));

export function typeAgain(form, draft) {
  for (const [name, value] of Object.entries(draft.values)) {
    const input = form.elements[name];
    if (input) input.value = value;
  }
}

// One line, however many there are; opened, each of the `found` with its words and buttons. The one open here is none of them.
export function offer(place, found) {
  const here = [document.querySelector("[name=client_id]")?.value, wanted];
  const count = place.querySelector("[data-count]");
  const rows = () => place.querySelectorAll(".card").length;
  const tell = () => {
    count.textContent = count.dataset.count.replace("{n}", rows());
    place.hidden = !rows();
  };
  for (const draft of found.filter(({ id }) => !here.includes(id))) {
    const row = place.querySelector("template").content.cloneNode(true);
    const time = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    const words = { ...draft, bags: draft.bags.join(" + "), time };
    const said = row.querySelector("[data-said]");
    said.textContent = said.dataset.said.replace(/\{(\w+)\}/g, (_, name) => words[name]);
    row.querySelector("a").href = draft.address;
    const card = row.firstElementChild;
    row.querySelector("button").addEventListener("click", () => {
      forget(draft.id);
      card.remove();
      tell();
    });
    place.append(row);
  }
  tell();
}
