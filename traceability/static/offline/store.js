// What this phone keeps: one small database. `kept` holds single things by name, `shelves` the farmers, `outbox` entries.

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
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// Runs `work(store...)` in one transaction; what it answers comes once everything is safely on the phone.
export async function transact(names, mode, work) {
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

export const kept = (name) => transact(["kept"], "readonly", (store) => answer(store.get(name)));
export const keep = (name, value) => transact(["kept"], "readwrite", (store) => answer(store.put(value, name)));
export const forget = (name) => transact(["kept"], "readwrite", (store) => answer(store.delete(name)));
