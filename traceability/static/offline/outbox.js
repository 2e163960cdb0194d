// The outbox: what was done waits here until the server has it. Sent oldest first, one at a time, by one tab at a time.
// A refusal is shown with its reason and holds up only what builds on it; a lost connection or a broken server changes
// nothing.

import { byId, heldBy, inOrder, kindOf, nameOf, nameOfNew, needed, NEEDS, REMOVED, resolved, SENT, waitsFor, WAITING } from "./kinds.js";
import { newCode, seriesOf } from "./numbers.js";
import { answer, keep, kept, transact } from "./store.js";

export { byId, NEEDS, REMOVED, SENT, WAITING };
export const UNDO_SECONDS = 10;
const KEPT_DAYS = 30;
export const ENDED = ["DeviceRevoked", "AccessClosed"]; // why nothing of a phone is taken any more
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
    oldest: waiting.map((entry) => entry.body?.occurred_at).find(Boolean),
    sentAt: all.reduce((latest, entry) => (entry.sentAt > latest ? entry.sentAt : latest), ""),
  };
}

export const unsent = (entry) => entry.state === WAITING || entry.state === NEEDS;

// Keep an entry, with its number when it has none yet, and forget the draft: all of it or nothing. A second tab that
// saves the same form finds it kept already and gets that; where it says something else, or what was kept was taken back,
// it is an entry of its own, `beside` that one; but a farmer is one person, who stays as sent. It builds on the entries that its body names, and on `after`.
export async function save(entry, letter) {
  const saved = await transact(["outbox", "kept"], "readwrite", async (outbox, store) => {
    await forgetDraft(store, entry);
    const first = await answer(outbox.get(entry.id));
    const before = first && (await isOpen(outbox, first)) ? first : null; // it is changed, and stays the same entry
    const again = !before && (await answer(outbox.getAll())).find((one) => [one.id, one.beside].includes(entry.id) && one.state !== REMOVED && (isFarmer(entry) || says(one) === says(entry)));
    if (again) return again;
    const next = before ?? { place: ((await answer(store.get("place"))) ?? 0) + 1 };
    if (!before) store.put(next.place, "place");
    const body = { ...entry.body };
    const { numbered } = kindOf(entry);
    if (numbered) body[numbered] ||= before?.body[numbered] || (await takeNumber(store, entry, letter));
    const until = before ? 0 : Date.now() + (entry.held ?? 0) * 1000; // it can be undone so long, and is not sent before
    const full = { ...entry, place: next.place, state: WAITING, tried: false, until, problem: null, after: [...new Set([...(entry.after ?? []), ...needed(body)])], body };
    if (first && !before) Object.assign(full, { id: crypto.randomUUID(), beside: entry.id });
    outbox.put(full);
    return full;
  });
  changed();
  return saved;
}

// What an entry says, without what two tabs differ in that save the same: its number, when, and that it was looked at.
export function says(entry) {
  const { occurred_at, device_at, confirmed, [kindOf(entry).numbered]: number, ...said } = entry.body;
  return JSON.stringify(Object.entries(said).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const isFarmer = (entry) => nameOf(entry) === "farmer";

// Whether it may still be changed: it was refused, or what it builds on was, or it is a farmer who was not sent.
const isOpen = async (outbox, entry) => entry.state === NEEDS || (isFarmer(entry) && entry.state === WAITING && !entry.tried) || Boolean(heldBy(entry, byId(await answer(outbox.getAll()))));

// With the entry, so that a draft is never opened again after it was kept. Bags that another tab put into it stay.
async function forgetDraft(store, { id, form }, about = "") {
  for (const name of ["draft", "lot-draft"]) {
    const draft = await answer(store.get(name));
    if (draft?.id === id && String(draft.bags) === String(form?.bags) && !draft.typed) store.delete(name);
  }
  const begun = (await answer(store.get("road-drafts"))) ?? {};
  const left = Object.entries(begun).filter(([ref, one]) => one.id !== id && ref !== about);
  if (left.length < Object.keys(begun).length) store.put(Object.fromEntries(left), "road-drafts");
}

// Whether an entry was kept under this id, and is not being changed: then a draft that has it is an old one.
export function isKept(id) {
  return transact(["outbox"], "readonly", async (outbox) => {
    const one = await answer(outbox.get(id));
    return Boolean(one) && !(await isOpen(outbox, one));
  });
}

// `NL-1120-B037`: the series, this phone's letter, and one more than the highest counter ever taken there.
async function takeNumber(store, entry, letter) {
  if (nameOf(entry) === "dispatch") return newCode();
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
    if (renumber) body[kindOf(entry).numbered] = await takeNumber(store, { ...entry, body }, letter);
    outbox.put({ ...entry, body, state: WAITING, problem: null });
  });
  changed();
}

// Take back an entry that was not sent. Answers nothing, or why it cannot be: `tried`, when the server may have it
// already and only the answer was lost; `used`, when another entry or the draft is about what it makes.
export async function remove(id, reason, note = "") {
  const problem = await transact(["outbox", "kept"], "readwrite", async (outbox, store) => {
    const entry = await answer(outbox.get(id));
    if (!entry || !unsent(entry)) return entry?.state === REMOVED ? "" : "tried";
    if (entry.tried) return "tried";
    const others = await answer(outbox.getAll());
    const draft = await answer(store.get("draft"));
    if (others.some((one) => unsent(one) && one.after?.includes(id)) || needed(draft?.farmer ?? "").includes(id)) return "used";
    await forgetDraft(store, entry, nameOfNew(id)); // to send on what it made, too
    outbox.put({ ...entry, state: REMOVED, problem: null, removed: { reason, note, at: isoOf(new Date()) } });
    return "";
  });
  changed();
  return problem;
}

// It need not be held back any longer: nobody can undo it any more.
export async function release(id) {
  await replace({ id }, { until: 0 });
}

// The entry as it was changed, when it was still waiting, or as it was when it was read.
const replace = (entry, change, from = WAITING) =>
  transact(["outbox"], "readwrite", async (store) => {
    const now = await answer(store.get(entry.id));
    if (now?.state !== from) return null;
    store.put({ ...now, ...change });
    return { ...now, ...change };
  });

// Refused in another language than is read now: the server is asked again, under the same id.
const isForeign = ({ state, problem }, language) => state === NEEDS && Boolean(problem?.language) && problem.language !== language;

// A clock that was set back holds nothing up.
const isHeld = (entry) => entry.until > Date.now() && entry.until <= Date.now() + UNDO_SECONDS * 1000;

// In how many milliseconds nothing can be undone any more that is waiting.
export async function heldFor() {
  const held = (await entries()).filter((entry) => entry.state === WAITING && isHeld(entry));
  return held.length && Math.max(...held.map((entry) => entry.until)) - Date.now() + 1;
}

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
  if (!device || device.locked) return Boolean(device); // locked, nobody can read what waits
  if (device.revoked) return refuseAll(device).then(() => true); // another tab saved it since
  const all = await entries();
  const known = byId(all);
  const waiting = inOrder(all).filter((entry) => entry.state === WAITING || isForeign(entry, language));
  const held = waiting.findIndex(isHeld);
  const queue = held < 0 ? waiting : waiting.slice(0, held); // nothing overtakes what can still be undone
  let open = all.filter(unsent).length;
  let told = open; // how many are left, as the server knows it
  if (queue.length && !(await reachable())) return keep("strange", 0).then(() => false);
  for (const one of queue) {
    if (waitsFor(one, known)) continue; // what it builds on is not on record yet
    const entry = await replace(one, { state: WAITING, tried: true }, one.state); // as another tab changed it meanwhile
    if (!entry) continue; // it was taken back
    const said = await post({ ...entry, body: resolved(entry.body, known) }, device, language, open - 1);
    if (!said || said.strange) {
      if (said?.strange < 500) await replace(entry, { tried: false }); // nothing of ours saw it
      return keep("strange", said?.strange ?? 0).then(() => false);
    }
    told = open - 1;
    if (said.done) {
      const sent = { state: SENT, problem: null, sentAt: new Date().toISOString(), answer: said.done.answer, event: said.done.event };
      known.set(entry.id, { ...entry, ...sent });
      open -= 1;
      await replace(entry, sent);
    } else if (ENDED.includes(said.problem.name)) return ended(device, said.problem);
    else if (said.problem.status === 401) {
      await replace(entry, { tried: false });
      if (device.next) return adopt(device).then(() => sendAll(language));
      return keep("trouble", said.problem).then(() => true);
    } else await replace(entry, { state: NEEDS, tried: false, problem: { ...said.problem, language } });
    changed();
  }
  await keep("trouble", null);
  await forgetSent();
  if (told !== open) await tell(device, language, open);
  return true;
}

// Each entry says what is left when it is taken; after a refusal it is one more.
function tell(device, language, left) {
  return fetch("/api/v1/snapshot/goods", { method: "HEAD", headers: headersOf(device, language, left), credentials: "omit", keepalive: true, signal: AbortSignal.timeout(30_000) }).catch(() => null);
}

// Asked before anything is sent: so an entry is called tried only when the server may really have got it.
async function reachable() {
  try {
    await fetch("/healthz", { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(30_000) });
    return true;
  } catch {
    return false;
  }
}

// What was sent long ago is on record, and need not fill the phone.
async function forgetSent() {
  const since = new Date(Date.now() - KEPT_DAYS * 24 * 3600_000).toISOString();
  const all = await entries();
  const wanted = new Set(all.filter(unsent).flatMap((entry) => entry.after ?? []));
  needed((await kept("draft"))?.farmer ?? "").forEach((id) => wanted.add(id));
  const old = all.filter((entry) => entry.state === SENT && entry.sentAt < since && !wanted.has(entry.id));
  if (old.length) await transact(["outbox"], "readwrite", (store) => old.forEach((entry) => store.delete(entry.id)));
}

// The answer to a renewal may have got lost: the server knows the new token, and no longer this one.
export const adopt = ({ next, ...device }) => keep("device", { ...device, token: next });

// `{done}`, `{problem}`, `{strange}` where something else answered, such as a hotel's sign-in page; else nothing.
async function post(entry, device, language, left) {
  try {
    const response = await fetch(kindOf(entry).address, {
      method: "POST",
      headers: headersOf(device, language, left),
      body: JSON.stringify({ ...entry.body, client_id: entry.id, ...(entry.body.occurred_at && { sent_at: isoOf(new Date()) }) }),
      credentials: "omit", // the token says who sends, whoever is signed in
      signal: AbortSignal.timeout(30_000),
    });
    await noteClock(response);
    const kind = response.headers.get("Content-Type") ?? "";
    if (response.ok && kind.startsWith("application/json")) {
      const done = await response.json();
      return done.client_id === entry.id ? { done } : { strange: response.status };
    }
    if (!kind.startsWith("application/problem+json")) return { strange: response.status };
    const refused = response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status);
    return refused ? { problem: await response.json() } : null;
  } catch {
    return null;
  }
}

export function headersOf(device, language, unsent) {
  return { Authorization: `Bearer ${device.token}`, "Content-Type": "application/json", "Accept-Language": language, Unsent: String(unsent) };
}

// Nothing of this phone is taken any more: every entry says so, and the names of farmers leave the phone; a clerk who
// left may come back (`closed`).
export async function ended(device, problem) {
  const now = { ...device, token: "", revoked: problem.detail, closed: problem.name === "AccessClosed" };
  await transact(["kept", "shelves"], "readwrite", (store, shelves) => {
    store.put(now, "device");
    for (const name of ["version", "goods", "draft", "lot-draft", "road-drafts"]) store.delete(name);
    shelves.clear();
  });
  await refuseAll(now);
  changed();
  return true;
}

// Its clerk came back: what was refused for that alone waits again.
export async function goesOn(device, token) {
  await keep("device", { ...device, token, revoked: "", closed: false });
  for (const entry of await entries()) if (entry.problem?.name === "AccessClosed") await replace(entry, { state: WAITING, problem: null }, NEEDS);
  changed();
}

// Also what can still be undone and what waits for another entry: neither will ever be sent.
async function refuseAll({ revoked, closed }) {
  const problem = { name: closed ? "AccessClosed" : "DeviceRevoked", detail: revoked };
  for (const entry of await entries()) if (entry.state === WAITING) await replace(entry, { state: NEEDS, problem });
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
