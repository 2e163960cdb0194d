// What kinds of entry an outbox holds, where each is sent, how it is numbered, and what has to be sent before it.

export const WAITING = "waiting";
export const SENT = "sent";
export const NEEDS = "needs";
export const HELD_UP = "HeldUp"; // the problem of an entry that builds on one which was not taken

const KINDS = {
  weigh_in: { address: "/api/v1/weigh-ins", numbered: "receipt_number" },
  lot: { address: "/api/v1/lots", numbered: "number" },
  dispatch: { address: "/api/v1/dispatches", numbered: "note_code" },
  receipt: { address: "/api/v1/receipts", numbered: "number" },
};
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export const kindOf = (entry) => entry.kind ?? "weigh_in";
export const addressOf = (entry) => KINDS[kindOf(entry)].address;
export const numberedBy = (entry) => KINDS[kindOf(entry)].numbered;
export const numberOf = (entry) => entry.body[numberedBy(entry)];

// What the number of an entry begins with and how many digits its counter has: `NL-1120` and 3 for a receipt, `LA-DH-2026`
// and 4 for a lot, as `domain.identifiers` has them.
export function seriesOf(entry, lots) {
  const day = entry.body.occurred_at;
  if (kindOf(entry) === "weigh_in") return { series: `${entry.body.facility}-${day.slice(5, 7)}${day.slice(8, 10)}`, digits: 3 };
  return { series: `${lots}-${day.slice(0, 4)}`, digits: 4 };
}

// A code for a delivery note, with its check character: the same arithmetic as `domain.identifiers.new_code`.
export function newCode(bytes = crypto.getRandomValues(new Uint8Array(7))) {
  const drawn = Array.from(bytes, (byte) => byte & 31);
  const check = [...drawn, 0].reduce((sum, value) => ((sum << 1) & 32 ? (sum << 1) ^ 0b100101 : sum << 1) ^ value, 0);
  return [...drawn, check].map((value) => ALPHABET[value]).join("");
}

// The same entry once `id`, on which it builds, is on record as the lot `code`.
export function builtOn(entry, id, code) {
  const known = (ref) => (ref === id && code ? code : ref);
  const body = { ...entry.body };
  if (body.deliveries) body.deliveries = body.deliveries.map(known);
  if (body.lot) body.lot = known(body.lot);
  return { ...entry, body, needs: entry.needs.filter((one) => one !== id) };
}

// The next to be sent: the oldest that waits and builds on nothing that is not sent yet.
export const nextOf = (all) => all.find((entry) => entry.state === WAITING && !entry.needs?.length);

// Entries whose state has to change because of others: what builds on a refused or discarded one needs somebody, too, and
// waits again once that was mended.
export function heldUp(all) {
  const known = new Map(all.map((entry) => [entry.id, entry]));
  const changed = new Map();
  let again = true;
  while (again) {
    again = false;
    for (const entry of known.values()) {
      const held = entry.problem?.name === HELD_UP;
      if (!entry.needs?.length || !(entry.state === WAITING || held)) continue;
      const stuck = entry.needs.filter((id) => (known.get(id)?.state ?? NEEDS) === NEEDS);
      const problem = stuck.length ? { name: HELD_UP, number: known.has(stuck[0]) ? numberOf(known.get(stuck[0])) : "" } : null;
      if (problem?.number === entry.problem?.number && Boolean(problem) === held) continue;
      known.set(entry.id, { ...entry, state: problem ? NEEDS : WAITING, problem });
      changed.set(entry.id, known.get(entry.id));
      again = true;
    }
  }
  return [...changed.values()];
}
