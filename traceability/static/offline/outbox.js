// The outbox: what was weighed waits here until the server has it. Sent oldest first, one at a time, by one tab at a time.
// A refusal is shown with its reason and holds up nothing else; a lost connection or a broken server changes nothing.

import { answer, keep, kept, transact } from "./store.js";

export const WAITING = "waiting";
export const SENT = "sent";
export const NEEDS = "needs";
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
// saves the same form finds it kept already and gets that.
export async function save(entry, letter) {
  const saved = await transact(["outbox", "kept"], "readwrite", async (outbox, store) => {
    const before = await answer(outbox.get(entry.id));
    if (before && before.state !== NEEDS) return before;
    const next = before ?? { place: ((await answer(store.get("place"))) ?? 0) + 1 };
    if (!before) store.put(next.place, "place");
    const number = entry.body.receipt_number || before?.body.receipt_number || (await takeNumber(store, entry.body, letter));
    const full = { ...entry, place: next.place, state: WAITING, problem: null, body: { ...entry.body, receipt_number: number } };
    outbox.put(full);
    if ((await answer(store.get("draft")))?.id === entry.id) store.delete("draft");
    return full;
  });
  changed();
  return saved;
}

// `NL-1120-B037`: the point, month and day, this phone's letter, and one more than the highest counter ever taken there.
async function takeNumber(store, body, letter) {
  const series = `${body.facility}-${body.occurred_at.slice(5, 7)}${body.occurred_at.slice(8, 10)}`;
  const given = (await answer(store.get("given"))) ?? {};
  const taken = (await answer(store.get("numbers"))) ?? {};
  const counter = Math.max(given[series] ?? 0, taken[series] ?? 0) + 1;
  store.put({ ...given, [series]: counter }, "given");
  return `${series}-${letter}${String(counter).padStart(3, "0")}`;
}

// Change an entry that needs somebody, and let it wait again. `renumber` gives it the next number instead of its own.
export async function mend(id, change, { renumber = false, letter = "" } = {}) {
  await transact(["outbox", "kept"], "readwrite", async (outbox, store) => {
    const entry = await answer(outbox.get(id));
    if (entry?.state !== NEEDS) return;
    const body = { ...entry.body, ...change };
    if (renumber) body.receipt_number = await takeNumber(store, body, letter);
    outbox.put({ ...entry, body, state: WAITING, problem: null });
  });
  changed();
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
  const open = (await entries()).filter((entry) => entry.state !== SENT);
  const queue = open.filter((entry) => entry.state === WAITING);
  for (const [place, entry] of queue.entries()) {
    const said = await post(entry, device, language, open.length - place - 1);
    if (!said) return false;
    if (said.done) await replace(entry, { state: SENT, sentAt: new Date().toISOString(), answer: said.done.answer });
    else if (said.problem.name === "DeviceRevoked") return revoked(device, said.problem, queue.slice(place));
    else if (said.problem.status === 401) return keep("trouble", said.problem).then(() => true);
    else await replace(entry, { state: NEEDS, problem: said.problem });
    changed();
  }
  await keep("trouble", null);
  await forgetSent();
  return true;
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
    const response = await fetch("/api/v1/weigh-ins", {
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
    store.delete("version");
    store.delete("draft");
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
