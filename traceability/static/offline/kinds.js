// What an entry of the outbox can be: where it is sent, in which field it has its number, what the answer says it made, and
// where it is not a weigh-in, how the page is told to open it again.
// An entry names the entries it builds on in `after`; what those make is written `new:ID` in its body until it is sent.

export const WAITING = "waiting";
export const SENT = "sent";
export const NEEDS = "needs";
export const REMOVED = "removed"; // taken back before it was sent; it stays with its reason

export const KINDS = {
  weigh_in: { address: "/api/v1/weigh-ins", numbered: "receipt_number", makes: "lot" },
  farmer: { address: "/api/v1/farmers", numbered: "", makes: "farmer", change: "change-farmer" }, // the server says the number
  lot: { address: "/api/v1/lots", numbered: "number", makes: "lot", change: "change-goods" },
  dispatch: { address: "/api/v1/dispatches", numbered: "note_code", makes: "transfer", change: "change-goods" },
  receipt: { address: "/api/v1/receipts", numbered: "number", makes: "lot", change: "change-goods" },
};

export const nameOf = (entry) => entry.kind ?? "weigh_in";
export const kindOf = (entry) => KINDS[nameOf(entry)];
export const numberOf = (entry) => entry.body[kindOf(entry).numbered] ?? entry.answer?.number ?? "";
export const byId = (all) => new Map(all.map((entry) => [entry.id, entry]));

const NEW = /^new:([0-9a-f-]{36})$/;

export const nameOfNew = (id) => `new:${id}`;

// What stands for `new:ID` once that entry was sent; the text itself for everything else, and while it was not.
export function made(text, known) {
  const entry = typeof text === "string" && NEW.test(text) ? known.get(NEW.exec(text)[1]) : null;
  return entry?.answer?.[kindOf(entry).makes] ?? text;
}

// The body as it can be sent, with the codes of what was made before in their places.
export function resolved(body, known) {
  if (Array.isArray(body)) return body.map((one) => resolved(one, known));
  if (body && typeof body === "object") return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, resolved(value, known)]));
  return made(body, known);
}

// The entries whose making the body names.
export function needed(body) {
  const found = new Set();
  JSON.stringify(body, (_, value) => {
    if (typeof value === "string" && NEW.test(value)) found.add(NEW.exec(value)[1]);
    return value;
  });
  return [...found];
}

// The first entry that has to be on record before this one and is not yet; nothing when it may go.
export const waitsFor = (entry, known) => (entry.after ?? []).map((id) => known.get(id)).find((one) => one?.state !== SENT && one);

// The entry that keeps this one from being sent until somebody does something: refused, taken back, or kept itself.
export function heldBy(entry, known) {
  if (entry.state !== WAITING) return undefined;
  const before = (entry.after ?? []).map((id) => known.get(id)).filter(Boolean);
  return before.find((one) => one.state === NEEDS || one.state === REMOVED || heldBy(one, known));
}

// Oldest first, and what others build on before them: an entry that was changed may build on a newer one.
export function inOrder(all) {
  const known = byId(all);
  const found = new Set();
  const put = (entry) => {
    if (!entry || found.has(entry)) return;
    entry.after?.forEach((id) => put(known.get(id)));
    found.add(entry);
  };
  all.forEach(put);
  return [...found];
}
