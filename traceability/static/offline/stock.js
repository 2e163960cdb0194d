// What is in the store as this phone knows it: the server's last word, and what was done here since.

import { byId, nameOf, nameOfNew, numberOf, REMOVED, resolved, SENT } from "./kinds.js";
import { entries } from "./outbox.js";
import { farmerNames, lotRows } from "./snapshot.js";
import { kept } from "./store.js";

// `{lots, road}`. A lot is named by its code, or as `new:ID` where the entry that makes it is not sent; `after` are
// the open entries that it builds on. An entry that is being changed is left out by its id.
export async function stock(without = "") {
  const goods = await kept("goods");
  const lots = new Map((await lotRows()).map((row) => [row[0], lotOf(row)]));
  const road = new Map((goods?.road ?? []).map((row) => [row[0], row]));
  const all = await entries();
  const known = byId(all);
  for (const entry of all) {
    const told = entry.state === SENT && entry.sentAt < (goods?.at ?? "");
    if (told || entry.state === REMOVED || entry.id === without) continue;
    DONE[nameOf(entry)]?.(lots, road, { ...entry, body: resolved(entry.body, known) });
  }
  return { lots: [...lots.values()].sort(newestFirst), road: [...road.values()] };
}

const lotOf = ([ref, number, sort, goods, grade, mass, count, on, place, farmer, stopped = 0]) => ({ ref, number, sort, goods, grade, mass, count, on, place, farmer, stopped: Boolean(stopped), after: [], state: "" });

const newestFirst = (a, b) => (a.on === b.on ? (a.number < b.number ? 1 : -1) : a.on < b.on ? 1 : -1);

const DONE = {
  weigh_in(lots, road, entry) {
    const { body } = entry;
    const more = { goods: `${body.commodity}.${body.form}`, grade: body.grade ?? "", mass: entry.net_g, count: body.bags_g.length };
    made(lots, entry, { sort: "d", place: body.facility, who: entry.who.split(" · ")[0], ...more });
  },
  lot(lots, road, entry) {
    for (const ref of entry.body.deliveries) lots.delete(ref);
    made(lots, entry, { sort: "l", ...entry.made });
  },
  dispatch(lots, road, entry) {
    const lot = lots.get(entry.body.lot);
    if (!lot) return;
    const left = { mass: lot.mass - entry.body.mass_g, count: Math.max(0, lot.count - (entry.body.count ?? 0)) };
    if (left.mass > 0) lots.set(lot.ref, { ...lot, ...left, after: [...lot.after, ...openId(entry)] });
    else lots.delete(lot.ref);
  },
  receipt(lots, road, entry) {
    road.delete(entry.body.transfer);
    made(lots, entry, { sort: "l", ...entry.made });
  },
};

function made(lots, entry, more) {
  const ref = entry.state === SENT ? entry.answer.lot : nameOfNew(entry.id);
  const on = entry.body.occurred_at.slice(0, 10);
  lots.set(ref, { ref, number: numberOf(entry), on, after: openId(entry), state: entry.state === SENT ? "" : entry.state, ...more });
}

const openId = (entry) => (entry.state === SENT ? [] : [entry.id]);

// The lots that deliveries are usually put into: same place, goods, grade and day, the newest day first.
export function groupsOf(lots) {
  const groups = new Map();
  for (const lot of lots.filter((one) => one.sort === "d")) {
    const key = [lot.place, lot.goods, lot.grade, lot.on].join("|");
    groups.set(key, { key, place: lot.place, goods: lot.goods, grade: lot.grade, on: lot.on, rows: [...(groups.get(key)?.rows ?? []), lot] });
  }
  return [...groups.values()].sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0));
}

export async function whoOf() {
  const names = await farmerNames();
  return (lot) => lot.who ?? names.get(lot.farmer) ?? lot.farmer;
}
