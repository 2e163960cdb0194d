// The road without a signal: what is on its way to us is weighed and taken in, our lots set out to others.

import { copyOf } from "./weighing.js";
import { keepGoods, storedLot } from "./stored.js";
import { byId, made as codeOf, nameOfNew, resolved, SENT } from "./kinds.js";
import { entries, isKept, isoOf } from "./outbox.js";
import { options, part, screen, tell } from "./page.js";
import { stock } from "./stock.js";
import { keep, kept } from "./store.js";
import { countIn, fill, massIn, massSoFar, percent, reasonMissing, valuesOf } from "./typed.js";
import { clock, mass, named, say } from "./words.js";

const AWAY = ["away-to", "away-mass", "away-count", "away-vehicle", "away-seal"];
const TAKEN = ["taken-mass", "taken-place", "taken-count", "taken-reason"];
const MOST_SHOWN = 100;
let lot = null;
let load = null;
let draft = null;
let goods = null;

const leave = (name) => screen("road").dispatchEvent(new CustomEvent("leave", { detail: name }));
const formName = (key) => named(goods?.settings.forms[key] ?? {}) || key;

// What was begun, by what it is about; that has a code once it was sent.
async function drafts() {
  const known = byId(await entries());
  return Object.fromEntries(Object.entries((await kept("road-drafts")) ?? {}).map(([ref, one]) => [codeOf(ref, known), one]));
}

export async function openRoad() {
  goods = await kept("goods");
  const { lots, road } = await stock();
  const begun = await drafts();
  const ours = lots.filter((one) => one.sort !== "d").slice(0, MOST_SHOWN);
  tell("arriving-none", road.length ? "" : say(goods ? "nothing_arrives" : "no_goods"));
  part("arriving").replaceChildren(...road.map((row) => goodsRow(begun[row[0]], row[1], [named(row[2]), formName(row[3]), row[7]], row[5], "", () => openReceive(row))));
  tell("leaving-none", ours.length === MOST_SHOWN ? say("newest_shown", { n: MOST_SHOWN }) : ours.length ? "" : say("no_lots"));
  part("leaving").replaceChildren(...ours.map((one) => goodsRow(begun[one.ref], one.number, [formName(one.goods), one.grade, one.on], one.mass, one.state, () => openDispatch(one), one.stopped)));
}

function goodsRow(begun, number, said, grams, state, open, stopped = false) {
  const row = copyOf("one-goods");
  part("number", row).textContent = number;
  part("said", row).textContent = said.filter(Boolean).join(" · ");
  part("mass", row).textContent = mass(grams);
  part("begun", row).hidden = !begun;
  part("waits", row).hidden = !state;
  part("stopped", row).hidden = !stopped;
  row.querySelector("a").onclick = (event) => {
    event.preventDefault();
    if (!stopped) open().then(leave);
  };
  return row;
}

async function begin(ref, fields) {
  draft = (await drafts())[ref] ?? { id: crypto.randomUUID(), values: {} };
  if (await isKept(draft.id)) draft = { ...draft, id: crypto.randomUUID() };
  fill(fields, draft.values);
}

async function note(ref, fields) {
  await keep("road-drafts", { ...(await drafts()), [ref]: { ...draft, values: valuesOf(fields) } });
}

// -- away -------------------------------------------------------------------------------------------------------

async function openDispatch(one) {
  lot = one;
  options(document.getElementById("away-to"), [["", "–"], ...goods.settings.organisations.map(([code, names]) => [code, named(names)])], "");
  await begin(one.ref, AWAY);
  tell("away-number", one.number);
  tell("away-said", [formName(one.goods), one.grade].filter(Boolean).join(" · "));
  part("away-holds").textContent = mass(one.mass);
  part("away-counted").hidden = !one.count;
  tell("away-problem", "");
  return "dispatch";
}

// The lot that was just formed or received, to send it on.
export async function sendOn() {
  const made = storedLot();
  await openRoad();
  const { lots } = await stock();
  const found = lots.find((one) => one.ref === (made?.state === SENT ? made.answer.lot : nameOfNew(made?.id)));
  return found ? openDispatch(found) : "road";
}

screen("dispatch").addEventListener("input", () => note(lot.ref, AWAY));
screen("dispatch").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = valuesOf(AWAY);
  tell("away-to-problem", typed["away-to"] ? "" : say("say_where"));
  if (!typed["away-to"]) return void document.getElementById("away-to").focus();
  const grams = massIn("away-mass", { optional: true });
  const count = countIn("away-count");
  if (grams === undefined || count === undefined) return;
  if (grams > lot.mass) return void tell("away-mass-problem", say("NotEnoughLeft", { lot: lot.number, available_g: mass(lot.mass), requested_g: mass(grams) }));
  const body = { lot: lot.ref, to_organisation: typed["away-to"], mass_g: grams ?? lot.mass, seen_g: lot.mass, facility: lot.place, vehicle: typed["away-vehicle"].trim(), seal: typed["away-seal"].trim(), occurred_at: isoOf(new Date()) };
  if (count) body.count = count;
  for (const name of ["facility", "vehicle", "seal"]) if (!body[name]) delete body[name];
  const to = named(goods.settings.organisations.find(([code]) => code === typed["away-to"])?.[1] ?? {});
  const who = `${lot.number} → ${to}`;
  await keepGoods({ id: draft.id, kind: "dispatch", body, net_g: body.mass_g, who, after: lot.after, form: { values: typed, ref: lot.ref } }, "away-problem");
});

// -- here -------------------------------------------------------------------------------------------------------

async function openReceive(row) {
  load = row;
  const [code, number, sender, form, grade, grams, count, vehicle, seal] = row;
  options(document.getElementById("taken-place"), goods.settings.places.map(([prefix, name]) => [prefix, name]), "");
  await begin(code, TAKEN);
  const place = document.getElementById("taken-place");
  if (!place.value) place.value = (await kept("buying"))?.[0] ?? goods.settings.places[0]?.[0] ?? "";
  if (!place.value) place.selectedIndex = 0;
  tell("taken-number", number);
  tell("taken-said", [named(sender), formName(form), grade].filter(Boolean).join(" · "));
  tell("taken-marks", [vehicle, seal].filter(Boolean).join(" · "));
  part("taken-sent").textContent = mass(grams);
  part("taken-counted").hidden = !count;
  tell("taken-units", count ? say("sent_units", { n: count }) : "");
  tell("taken-until", Date.parse(row[9]) < Date.now() ? say("too_late", { at: clock(isoOf(new Date(row[9]))) }) : "");
  tell("taken-problem", "");
  compare();
  return "receive";
}

function compare() {
  const weighed = massSoFar("taken-mass");
  const difference = weighed === undefined ? 0 : weighed - load[5];
  tell("taken-difference", weighed === undefined ? "" : difference ? say(difference < 0 ? "less" : "more", { mass: mass(difference), percent: percent(difference, load[5]) }) : say("same_mass"));
}

screen("receive").addEventListener("input", () => {
  note(load[0], TAKEN);
  compare();
});
screen("receive").addEventListener("submit", async (event) => {
  event.preventDefault();
  const weighed = massIn("taken-mass");
  const count = countIn("taken-count");
  if (weighed === undefined || count === undefined) return;
  if (reasonMissing("taken-reason", weighed - load[5], load[5], goods.settings.road_permille)) return;
  const typed = valuesOf(TAKEN);
  const body = { transfer: load[0], weighed_g: weighed, count, facility: typed["taken-place"], reason: typed["taken-reason"].trim(), occurred_at: isoOf(new Date()) };
  for (const name of ["count", "facility", "reason"]) if (!body[name]) delete body[name];
  const made = { goods: load[3], grade: load[4], mass: weighed, count: count ?? load[6], place: body.facility };
  const who = `${load[1]} · ${named(load[2])}`;
  await keepGoods({ id: draft.id, kind: "receipt", body, net_g: weighed, who, made, form: { values: typed, ref: load[0] } }, "taken-problem");
});

// -- again ------------------------------------------------------------------------------------------------------

// An entry that was not taken is opened as it was typed, beside what is on record now. Answers the screen; the list where
// its goods are no longer there.
export async function changeRoad(entry) {
  goods = await kept("goods");
  const { lots, road } = await stock(entry.id);
  const about = resolved(entry.body, byId(await entries()));
  const number = entry.who.split(/ → | · /)[0];
  const found = entry.kind === "dispatch" ? lots.find((one) => one.ref === about.lot || one.number === number) : road.find((row) => row[0] === about.transfer);
  if (!found) return "";
  const ref = entry.kind === "dispatch" ? found.ref : found[0];
  await keep("road-drafts", { ...(await drafts()), [ref]: { id: entry.id, values: entry.form.values } });
  return entry.kind === "dispatch" ? openDispatch(found) : openReceive(found);
}
