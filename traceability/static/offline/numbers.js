// The numbers that a phone gives by itself: of receipts and lots by its letter, of delivery notes by chance.

import { nameOf } from "./kinds.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// What the number of an entry begins with and how many digits its counter has: `NL-1120` and 3 for a receipt, `LA-DH-2026`
// and 4 for a lot, as `domain.identifiers` has them.
export function seriesOf(entry, lots) {
  const day = entry.body.occurred_at;
  if (nameOf(entry) === "weigh_in") return { series: `${entry.body.facility}-${day.slice(5, 7)}${day.slice(8, 10)}`, digits: 3 };
  return { series: `${lots}-${day.slice(0, 4)}`, digits: 4 };
}

// A code for a delivery note, with its check character: the same arithmetic as `domain.identifiers.new_code`.
export function newCode(bytes = crypto.getRandomValues(new Uint8Array(7))) {
  const drawn = Array.from(bytes, (byte) => byte & 31);
  const check = [...drawn, 0].reduce((sum, value) => ((sum << 1) & 32 ? (sum << 1) ^ 0b100101 : sum << 1) ^ value, 0);
  return [...drawn, check].map((value) => ALPHABET[value]).join("");
}
