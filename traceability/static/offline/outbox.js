// The outbox: what was done waits here until the server has it. Sent oldest first, one at a time, by one tab at a time.
// A refusal is shown with its reason and holds up only what builds on it; a lost connection or a broken server changes
// nothing.

import { addressOf, builtOn, heldUp, kindOf, NEEDS, newCode, nextOf, numberedBy, numberOf, SENT, seriesOf, WAITING } from "./order.js";
import { answer, keep, kept, transact } from "./store.js";

export { NEEDS, numberOf, SENT, WAITING };
const KEPT_DAYS = 30;
const TOLD_MINUTES = 10; // a clock off by more is shown

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("outbox") : null;
const listeners = [];

export function onChange(listener) {
  listeners.push(listener);
  if (channel) channel.onmessage = () => listeners.forEach((one) => one());
}

function changed() {
  channel?.postMessage("");
  listeners.forEach((one) => one());
}

export async function entries() {
  const all = await transact(["outbox"], "readonly", (store) => answer(store.getAll()));
  return all.sort((a, b) => a.place - b.place);
}

export async function counts() {
  const all = await entries();
  const waiting = all.filter((entry) => entry.state === WAITING);
  return {
    waiting: waiting.length,
    needs: all.filter((entry) => entry.state === NEEDS).length,
    oldest: waiting[0]?.body.occurred_at,
    sentAt: all.reduce((latest, entry) => (entry.sentAt > latest ? entry.sentAt : latest), ""),
  };
}

// Keep an entry, with its number when it has none yet, and forget the draft: all of it or nothing. A second tab that
// saves the same form finds it kept already and gets that. `needs` are the ids of entries that it builds on.
export async function save(entry, letter) {
  const saved = await transact(["outbox", "kept"], "readwrite", async (outbox, store) => {
    const before = await answer(outbox.get(entry.id));
    if (before && before.state !== NEEDS) return before;
    const next = before ?? { place: ((await answer(store.get("place"))) ?? 0) + 1 };
    if (!before) store.put(next.place, "place");
    const number = numberOf(entry) || (before && numberOf(before)) || (await takeNumber(store, entry, letter));
    let full = { ...entry, place: next.place, state: WAITING, problem: null, body: { ...entry.body, [numberedBy(entry)]: number } };
    for (const id of full.needs ?? []) {
      const one = await answer(outbox.get(id));
      if (one?.state === SENT) full = builtOn(full, id, one.answer.lot); // it was sent while this was typed
    }
    outbox.put(full);
    await forgetDraft(store, entry.id);
    return full;
  });
  changed();
  return saved;
}

// With the entry, so that a draft is never opened again after it was kept.
async function forgetDraft(store, id) {
  for (const name of ["draft", "lot-draft"]) if ((await answer(store.get(name)))?.id === id) store.delete(name);
  const begun = Object.entries((await answer(store.get("road-drafts"))) ?? {});
  store.put(Object.fromEntries(begun.filter(([, one]) => one.id !== id)), "road-drafts");
}

// Whether an entry was kept under this id, and is not being changed: then a draft that has it is an old one.
export async function isKept(id) {
  const one = await transact(["outbox"], "readonly", (store) => answer(store.get(id)));
  return Boolean(one) && one.state !== NEEDS;
}

// `NL-1120-B037`: the series, this phone's letter, and one more than the highest counter ever taken there.
async function takeNumber(store, entry, letter) {
  if (kindOf(entry) === "dispatch") return newCode();
  const goods = await answer(store.get("goods"));
  const { series, digits } = seriesOf(entry, goods?.settings.series);
  const given = (await answer(store.get("given"))) ?? {};
  const taken = { ...(await answer(store.get("numbers"))), ...goods?.numbers };
  const counter = Math.max(given[series] ?? 0, taken[series] ?? 0) + 1;
  store.put({ ...given, [series]: counter }, "given");
  return `${series}-${letter}${String(counter).padStart(digits, "0")}`;
}

// Change an entry that needs somebody, and let it wait again. `renumber` gives it the next number instead of its own.
export async function mend(id, change, { renumber = false, letter = "" } = {}) {
  await transact(["outbox", "kept"], "readwrite", async (outbox, store) => {
    const entry = await answer(outbox.get(id));
    if (entry?.state !== NEEDS) return;
    const body = { ...entry.body, ...change };
    if (renumber) body[numberedBy(entry)] = await takeNumber(store, { ...entry, body }, letter);
    outbox.put({ ...entry, body, state: WAITING, problem: null });
  });
  changed();
}

// Give up an entry that was not taken. What builds on it says so.
export async function discard(id) {
  await transact(["outbox"], "readwrite", async (outbox) => {
    if ((await answer(outbox.get(id)))?.state === NEEDS) outbox.delete(id);
  });
  await sortOut();
  changed();
}

// Answers what is open, with what builds on refused entries told so.
async function sortOut() {
  await transact(["outbox"], "readwrite", async (outbox) => {
    for (const entry of heldUp(await answer(outbox.getAll()))) outbox.put(entry);
  });
  return (await entries()).filter((entry) => entry.state !== SENT);
}

const replace = (entry, change) =>
  transact(["outbox"], "readwrite", async (store) => {
    const now = await answer(store.get(entry.id));
    if (now?.state === WAITING) store.put({ ...now, ...change });
  });

// Send everything that waits. Answers whether the server could be reached; another tab that sends already is waited for.
export async function send(language = "en") {
  const run = () => sendAll(language);
  const reached = navigator.locks
    ? await navigator.locks.request("outbox", run)
    : await run();
  changed();
  return reached;
}

async function sendAll(language) {
  const device = await kept("device");
  if (!device || device.revoked) return Boolean(device);
  let open = await sortOut();
  for (let entry = nextOf(open); entry; entry = nextOf(open)) {
    const said = await post(entry, device, language, open.length - 1);
    if (!said) return false;
    if (said.problem?.name === "DeviceRevoked") return revoked(device, said.problem, open.filter((one) => one.state === WAITING));
    if (said.problem?.status === 401) return keep("trouble", said.problem).then(() => true);
    if (said.done) await onRecord(entry, said.done.answer);
    else await replace(entry, { state: NEEDS, problem: said.problem });
    const others = open.some((one) => one.needs?.includes(entry.id));
    if (others) open = await sortOut();
    else if (said.done) open = open.filter((one) => one !== entry);
    else entry.state = NEEDS;
    changed();
  }
  await keep("trouble", null);
  await forgetSent();
  return true;
}

// It is sent: whatever builds on it names the lot that it became from now on.
function onRecord(entry, said) {
  return transact(["outbox"], "readwrite", async (outbox) => {
    const all = await answer(outbox.getAll());
    const now = all.find((one) => one.id === entry.id);
    if (now?.state === WAITING) outbox.put({ ...now, state: SENT, sentAt: new Date().toISOString(), answer: said });
    for (const one of all) if (one.needs?.includes(entry.id)) outbox.put(builtOn(one, entry.id, said.lot));
  });
}

// What was sent long ago is on record, and need not fill the phone.
async function forgetSent() {
  const since = new Date(Date.now() - KEPT_DAYS * 24 * 3600_000).toISOString();
  const old = (await entries()).filter((entry) => entry.state === SENT && entry.sentAt < since);
  if (old.length) await transact(["outbox"], "readwrite", (store) => old.forEach((entry) => store.delete(entry.id)));
}

// `{done}`, `{problem}`, or nothing where no server of ours answered: a hotel's sign-in page is no answer.
async function post(entry, device, language, left) {
  try {
    const response = await fetch(addressOf(entry), {
      method: "POST",
      headers: headersOf(device, language, left),
      body: JSON.stringify({ ...entry.body, client_id: entry.id, sent_at: isoOf(new Date()) }),
      credentials: "omit", // the token says who sends, whoever is signed in
      signal: AbortSignal.timeout(30_000),
    });
    await noteClock(response);
    const kind = response.headers.get("Content-Type") ?? "";
    if (response.ok && kind.startsWith("application/json")) {
      const done = await response.json();
      return done.client_id === entry.id ? { done } : null;
    }
    const refused = response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status);
    return refused && kind.startsWith("application/problem+json") ? { problem: await response.json() } : null;
  } catch {
    return null;
  }
}

export function headersOf(device, language, unsent) {
  return { Authorization: `Bearer ${device.token}`, "Content-Type": "application/json", "Accept-Language": language, Unsent: String(unsent) };
}

// Nothing of this phone is taken any more: every entry says so, and the names of farmers leave the phone.
export async function revoked(device, problem, queue) {
  for (const entry of queue) await replace(entry, { state: NEEDS, problem });
  await transact(["kept", "shelves"], "readwrite", (store, shelves) => {
    store.put({ ...device, token: "", revoked: problem.detail }, "device");
    for (const name of ["version", "goods", "draft", "lot-draft", "road-drafts"]) store.delete(name);
    shelves.clear();
  });
  changed();
  return true;
}

// By how many minutes the clock of this phone is ahead of the server's, where that is worth telling.
async function noteClock(response) {
  const theirs = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(theirs)) return;
  const minutes = Math.round((Date.now() - theirs) / 60_000);
  await keep("ahead", Math.abs(minutes) > TOLD_MINUTES ? minutes : 0);
}

// An instant with the zone that this phone is in: `2026-11-20T18:04:05+07:00`.
export function isoOf(moment) {
  const offset = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}
