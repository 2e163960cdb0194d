// What this phone keeps: one small database. `kept` holds single things by name, `shelves` farmers and lots, `outbox` entries.
// Where a PIN is set, everything that says something about people is encrypted; the rest says how much waits.

import { isOpen, Locked, seal, unseal } from "./vault.js";

const SECRET_NAMES = ["buying", "device", "draft", "enrolling", "goods", "lot-draft", "road-drafts", "settings"];
let opening;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("traceability", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("shelves");
      request.result.createObjectStore("outbox", { keyPath: "id" });
    };
    request.onsuccess = () => {
      request.result.onclose = () => (opening = undefined); // the browser closed it: it is opened anew when it is asked for
      resolve(request.result);
    };
    request.onerror = () => {
      opening = undefined;
      reject(request.error);
    };
  });
  return opening;
}

export function answer(request) {
  if (!(request instanceof IDBRequest)) return request; // what was read through the vault
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// Runs `work(store...)` in one transaction; what it answers comes once everything is safely on the phone.
export function transact(names, mode, work) {
  if (mode === "readonly") return turn(names, mode, work);
  return alone(() => turn(names, mode, work));
}

// Nobody else writes meanwhile: encrypting takes longer than the database's own transactions stay open.
const alone = (run) => (navigator.locks ? navigator.locks.request("store", run) : run());

async function turn(names, mode, work) {
  const vault = await raw(["kept"], "readonly", (store) => answer(store.get("vault")));
  if (!vault) return raw(names, mode, work);
  const changes = [];
  const result = await work(...names.map((name) => throughVault(name, changes)));
  const ready = [];
  for (const [name, method, ...values] of changes) ready.push([name, method, ...(method === "put" ? await concealed(name, ...values) : values)]);
  if (ready.length) await raw(names, mode, (...stores) => ready.forEach(([name, method, ...values]) => stores[names.indexOf(name)][method](...values)));
  return result;
}

async function raw(names, mode, work) {
  const database = await opened();
  const transaction = database.transaction(names, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  done.catch(() => {}); // told below; without this a failed `work` would be reported twice
  const result = await work(...names.map((name) => transaction.objectStore(name)));
  await done;
  return result;
}

// A store as `work` uses it: what is read is opened, what is written waits until all of it is encrypted.
function throughVault(name, changes) {
  const changed = new Map();
  const note = (method) => (...values) => {
    if (method === "put") changed.set(values[1] ?? values[0].id, values[0]);
    if (method === "delete") changed.set(values[0], undefined);
    changes.push([name, method, ...values]);
  };
  return {
    get: async (key) => (changed.has(key) ? changed.get(key) : revealed(await raw([name], "readonly", (store) => answer(store.get(key))))),
    getAll: async (range) => Promise.all((await raw([name], "readonly", (store) => answer(store.getAll(range)))).map(revealed)),
    put: note("put"), delete: note("delete"), clear: note("clear"),
  };
}

// Locked, only the part that is no secret is known.
const revealed = (value) => (value?.sealed ? (isOpen() ? unseal(value.sealed) : value.shown && { ...value.shown, locked: true }) : value);

async function concealed(name, value, key) {
  if (value === undefined || (name === "kept" && !SECRET_NAMES.includes(key))) return [value, key];
  if (!isOpen()) throw new Locked();
  const sealed = await seal(value);
  if (name === "outbox") return [{ id: value.id, shown: { id: value.id, place: value.place, state: value.state }, sealed }];
  return [key === "device" ? { shown: { ...value, token: "", next: undefined }, sealed } : { sealed }, key];
}

// Everything that is kept, encrypted from now on under `vault`, or (without one) readable again: all of it or nothing.
export function rekept(vault) {
  const names = ["kept", "shelves", "outbox"];
  return alone(async () => {
    const all = [];
    for (const name of names) {
      const [keys, values] = await raw([name], "readonly", async (store) => Promise.all([answer(store.getAllKeys()), answer(store.getAll())]));
      for (const [place, value] of values.entries()) {
        const plain = await revealed(value);
        if (name === "kept" && keys[place] === "vault") continue;
        all.push([name, ...(vault ? await concealed(name, plain, keys[place]) : [plain, keys[place]])]);
      }
    }
    await raw(names, "readwrite", (...stores) => {
      for (const [name, value, key] of all) stores[names.indexOf(name)].put(value, ...(name === "outbox" ? [] : [key]));
      if (vault) stores[0].put(vault, "vault");
      else stores[0].delete("vault");
    });
  });
}

export const kept = (name) => transact(["kept"], "readonly", (store) => answer(store.get(name)));
export const keep = (name, value) => transact(["kept"], "readwrite", (store) => answer(store.put(value, name)));
export const forget = (name) => transact(["kept"], "readwrite", (store) => answer(store.delete(name)));

// Whether a PIN is asked for before anything can be read.
export const isLocked = async () => !isOpen() && Boolean(await kept("vault"));
