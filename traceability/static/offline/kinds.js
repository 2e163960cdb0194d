// What an entry of the outbox can be: where it is sent, and whether it carries a receipt number of this phone.
// An entry names the entries it depends on in `after`; what those make is written `new:ID` in its body until then.

export const KINDS = {
  weigh_in: { address: "/api/v1/weigh-ins", numbered: true, makes: "lot" },
  farmer: { address: "/api/v1/farmers", numbered: false, makes: "farmer" },
};

export const kindOf = (entry) => KINDS[entry.kind ?? "weigh_in"];

const NEW = /^new:([0-9a-f-]{36})$/;

export const nameOfNew = (id) => `new:${id}`;

// What stands for `new:ID` once that entry was sent; the text itself for everything else, and while it was not.
export function made(text, byId) {
  const entry = typeof text === "string" && NEW.test(text) ? byId.get(NEW.exec(text)[1]) : null;
  return entry?.answer?.[kindOf(entry).makes] ?? text;
}

// The body as it can be sent, with the codes of what was made before in their places.
export function resolved(body, byId) {
  if (Array.isArray(body)) return body.map((one) => resolved(one, byId));
  if (body && typeof body === "object") return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, resolved(value, byId)]));
  return made(body, byId);
}

// The entries that must be on record before this one.
export function needed(body) {
  const found = new Set();
  JSON.stringify(body, (_, value) => {
    if (typeof value === "string" && NEW.test(value)) found.add(NEW.exec(value)[1]);
    return value;
  });
  return [...found];
}
