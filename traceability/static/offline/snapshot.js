// What a clerk needs without a signal: fetched whole once, then only what changed. Farmers and goods are fetched apart.

import { nameOfNew, REMOVED } from "./kinds.js";
import { adopt, ENDED, ended, headersOf, entries, counts } from "./outbox.js";
import { fold } from "./search.js";
import { answer, keep, kept, transact } from "./store.js";

const PATIENCE = 60_000;
const FIRST_OF_GOODS = 1000; // shelves with a higher number hold lots
const FARMERS = IDBKeyRange.upperBound(FIRST_OF_GOODS, true);

export async function farmers() {
  const shelves = await transact(["shelves"], "readonly", (store) => answer(store.getAll(FARMERS)));
  // the key to search by is made here, and stands before the plots
  const known = shelves.flat().map(([code, number, name, nickname, village, plots, ...cards]) => [code, number, name, nickname, village, fold(`${name} ${nickname}`), plots, ...cards]);
  const codes = new Set(known.map(([code]) => code));
  return [...known, ...(await newcomers()).filter(([code]) => !codes.has(code))];
}

// Whoever was registered on this phone and did not come back with a snapshot yet.
export async function newcomers() {
  return (await entries()).filter((entry) => entry.kind === "farmer" && entry.state !== REMOVED).map(newcomer);
}

export function newcomer({ id, answer: said, body }) {
  return [said?.farmer ?? nameOfNew(id), said?.number ?? "", body.name, "", body.village ?? "", fold(body.name), []];
}

// The names of farmers by their numbers.
export async function farmerNames() {
  const shelves = await transact(["shelves"], "readonly", (store) => answer(store.getAll(FARMERS)));
  return new Map(shelves.flat().map(([, number, name]) => [number, name]));
}

// Open lots as the server last told them, in rows as `queries.snapshot_goods` has them.
export async function lotRows() {
  const shelves = await transact(["shelves"], "readonly", (store) => answer(store.getAll(IDBKeyRange.lowerBound(FIRST_OF_GOODS))));
  return shelves.flat();
}

// Bring what this phone keeps up to date. Answers whether it could.
export async function refresh(language) {
  return (await fetched(language, "/api/v1/snapshot", (await kept("version")) ?? "", put)) && refreshGoods(language);
}

// The same for goods alone. Nothing is sent meanwhile: an answer that has half of what was sent would count it twice.
export async function refreshGoods(language) {
  const run = async () => {
    const at = new Date().toISOString();
    return fetched(language, "/api/v1/snapshot/goods", (await kept("goods"))?.version ?? "", (found) => putGoods(found, at));
  };
  return navigator.locks ? navigator.locks.request("outbox", run) : run();
}

async function fetched(language, address, version, take) {
  const device = await kept("device");
  if (!device || device.revoked || device.locked) return false;
  try {
    const { waiting, needs } = await counts();
    const response = await fetch(`${address}?since=${version}`, { headers: headersOf(device, language, waiting + needs), credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    const kind = response.headers.get("Content-Type") ?? "";
    if (kind.startsWith("application/problem+json")) await refused(device, await response.json());
    if (!response.ok || !kind.startsWith("application/json")) return false;
    await take(await response.json());
    await keep("trouble", null);
    return true;
  } catch {
    return false;
  }
}

async function refused(device, problem) {
  if (ENDED.includes(problem.name)) await ended(device, problem);
  else if (problem.status === 401 && device.next) await adopt(device);
  else if (problem.status === 401) await keep("trouble", problem);
}

function put(found) {
  return transact(["kept", "shelves"], "readwrite", (store, shelves) => {
    for (const [number, rows] of Object.entries(found.shelves)) shelves.put(rows, Number(number));
    if (found.settings) store.put(found.settings, "settings");
    store.put(found.numbers, "numbers");
    store.put(found.version, "version");
  });
}

function putGoods(found, at) {
  return transact(["kept", "shelves"], "readwrite", async (store, shelves) => {
    for (const [number, rows] of Object.entries(found.shelves)) shelves.put(rows, FIRST_OF_GOODS + Number(number));
    const { version, numbers, open, settings, road } = found;
    const before = await answer(store.get("goods"));
    store.put({ version, numbers, open, at, settings: settings ?? before?.settings, road: road ?? before?.road ?? [] }, "goods");
  });
}
