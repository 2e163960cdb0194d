// What a clerk needs without a signal: fetched whole once, then only what changed.

import { nameOfNew } from "./kinds.js";
import { adopt, headersOf, revoked, entries, counts, REMOVED, WAITING } from "./outbox.js";
import { fold } from "./search.js";
import { answer, keep, kept, transact } from "./store.js";

export async function farmers() {
  const shelves = await transact(["shelves"], "readonly", (store) => answer(store.getAll()));
  // the key to search by is made here, and stands before the plots
  const known = shelves.flat().map(([code, number, name, nickname, village, plots]) => [code, number, name, nickname, village, fold(`${name} ${nickname}`), plots]);
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

// Bring what this phone keeps up to date. Answers whether it could.
export async function refresh(language) {
  const device = await kept("device");
  if (!device || device.revoked || device.locked) return false;
  const version = (await kept("version")) ?? "";
  try {
    const { waiting, needs } = await counts();
    const response = await fetch(`/api/v1/snapshot?since=${version}`, { headers: headersOf(device, language, waiting + needs), credentials: "omit" });
    const kind = response.headers.get("Content-Type") ?? "";
    if (kind.startsWith("application/problem+json")) await refused(device, await response.json());
    if (!response.ok || !kind.startsWith("application/json")) return false;
    await put(await response.json());
    await keep("trouble", null);
    return true;
  } catch {
    return false;
  }
}

async function refused(device, problem) {
  if (problem.name === "DeviceRevoked") {
    await revoked(device, problem, (await entries()).filter((entry) => entry.state === WAITING));
  } else if (problem.status === 401 && device.next) await adopt(device);
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
