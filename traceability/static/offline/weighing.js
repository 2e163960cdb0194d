// Who and which bags. Every key press is kept as a draft, under the id that the entry will have: saved twice is once.

import { extrasProblem, openExtras, priceOf } from "./extras.js";
import { made } from "./kinds.js";
import { byId, entries, isoOf } from "./outbox.js";
import { copy, options, part, screen, tell } from "./page.js";
import { plainMass, readMass, readMoney } from "./quantity.js";
import { keep, kept } from "./store.js";
import { mass, meant, named, say, unitOf, wrong } from "./words.js";

export const copyOf = (id) => copy(id).firstElementChild;

let draft = null;
export const drafted = () => draft;
const bagInput = document.getElementById("bag");
const unitSelect = document.getElementById("weight-unit");
let said = ""; // the unit that the tare on the buying screen is typed in
const leave = (name) => document.dispatchEvent(new Event(`go-${name}`));

const today = () => isoOf(new Date()).slice(0, 10);
let filled = ""; // the price that the buying screen began with

// The settings, what is bought now, and the farmers who came last.
export async function known() {
  const settings = await kept("settings");
  const usual = settings?.usual ?? [];
  const [place, goodsKey, tare, said, unit, on] = (await kept("buying")) ?? usual.slice(0, 3);
  const price = on === today() ? said : null; // a price holds for the day on which it was said
  const goods = settings?.goods.find((one) => `${one.commodity}.${one.form}` === goodsKey);
  const placeName = settings?.places.find(([prefix]) => prefix === place)?.[1];
  const all = await entries();
  const known = byId(all);
  const last = [...new Set(all.reverse().map((entry) => made(entry.body.farmer, known)))].filter(Boolean).slice(0, 5);
  const recent = (people) => {
    const found = last.map((code) => people.find((one) => one[0] === code)).filter(Boolean);
    return [...found, ...people.filter((one) => !found.includes(one)).slice(0, 5 - found.length)];
  };
  return { settings, buying: { place, goods, goodsKey, tare, price, usual, unit, placeName }, recent };
}

export async function openBuying() {
  const { settings, buying } = await known();
  if (!settings) return;
  options(document.getElementById("place"), settings.places.map(([prefix, name]) => [prefix, `${name} (${prefix})`]), buying.place);
  options(document.getElementById("goods"), settings.goods.map((one) => [`${one.commodity}.${one.form}`, `${named(one.of)} · ${named(one.names)}`]), buying.goodsKey);
  unitSelect.value = said = unitOf(buying.unit).key;
  tell("tare-unit", unitOf(said).sign);
  document.getElementById("tare").value = buying.tare ?? "";
  document.getElementById("price").value = filled = priceOf({ buying, grade: "" }, buying.goods ?? {});
  tell("currency", settings.currency);
}

// The tare stays the same grams in another unit; one that cannot be read stays as it is, and is asked about.
unitSelect.addEventListener("change", () => {
  const tare = document.getElementById("tare");
  const { grams } = readMass(tare.value, true, unitOf(said).places);
  const unit = unitOf((said = unitSelect.value));
  if (grams !== undefined) tare.value = plainMass(grams, ",", unit.places);
  tell("tare-unit", unit.sign);
});

screen("buying").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = ["place", "goods", "tare", "price", "weight-unit"].map((id) => document.getElementById(id).value.trim());
  const unit = unitOf(typed[4]);
  const tare = typed[2] ? readMass(typed[2], true, unit.places) : { grams: 0 };
  const price = readMoney(typed[3]);
  const problem = tare.problem ? wrong(tare) : tare.choices ? say("AmbiguousNumber", choiceWords(typed[2], tare, unit)) : price === null ? say("price_wrong") : "";
  tell("buying-problem", problem);
  if (problem) return;
  const { buying } = await known();
  const unsaid = typed[3] === filled && buying.price == null; // then the list goes on to say it, for each grade
  await keep("buying", [typed[0], typed[1], typed[2], unsaid ? null : price, unit.key, today()]);
  leave("who");
});

// A new entry for this farmer; `resume` goes on with what was typed before.
export async function fresh(farmer) {
  const { buying } = await known();
  draft = { id: crypto.randomUUID(), farmer, bags: [], typed: "", grade: "", plot: null, extras: {}, buying: { ...buying, goods: undefined } };
  await openBags();
}

// The same bags, but of somebody else.
export async function handOver(farmer) {
  draft = { ...draft, farmer, plot: null };
  await note();
  await openBags();
}

export async function resume() {
  draft = await kept("draft");
  await openBags();
}

export async function edit(entry) {
  draft = { ...entry.form, id: entry.id };
  await openBags();
}

export const note = () => keep("draft", { ...draft, at: isoOf(new Date()) });

export async function openBags() {
  const { settings } = await known();
  const goods = goodsOf(settings);
  const plots = draft.farmer[6].filter((plot) => plot[2] === goods.commodity);
  draft.plot ??= plots.length === 1 ? plots[0][0] : "";
  part("plots").hidden = !plots.length;
  options(document.getElementById("plot"), [...plots.map(([code, name]) => [code, name]), ["", say("no_plot")]], draft.plot);
  tell("who-said", [draft.farmer[2], draft.farmer[1], draft.farmer[4]].filter(Boolean).join(" · "));
  part("grades").replaceChildren(...goods.grades.map(gradeOption));
  openExtras(draft, goods, settings);
  for (const name of ["bag-unit", "at-unit"]) tell(name, unitOf(draft.buying.unit).sign);
  bagInput.value = draft.typed;
  tell("bag-problem", "");
  part("bag-choices").replaceChildren();
  drawBags();
}

export const goodsOf = (settings) => settings.goods.find((one) => `${one.commodity}.${one.form}` === draft.buying.goodsKey) ?? settings.goods[0];

function gradeOption(grade) {
  const label = document.createElement("label");
  label.className = "option";
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "grade", value: grade, checked: grade === draft.grade });
  input.onchange = async () => {
    draft.grade = grade;
    await note();
    const { settings } = await known();
    openExtras(draft, goodsOf(settings), settings); // the price follows the grade
  };
  label.append(input, grade);
  return label;
}

function drawBags() {
  part("bag-number").textContent = draft.bags.length + 1;
  part("bags").replaceChildren(...draft.bags.map((grams, place) => {
    const row = copyOf("one-bag");
    part("words", row).textContent = say("bag", { n: place + 1, mass: mass(grams) });
    const away = part("away", row);
    away.textContent = "✕";
    away.ariaLabel = say("remove_bag", { n: place + 1 });
    away.onclick = () => {
      draft.bags.splice(place, 1);
      note().then(drawBags);
    };
    return row;
  }));
  drawSums();
}

export function sums(bags) {
  const gross = bags.reduce((sum, grams) => sum + grams, 0);
  const each = draft.buying.tare ? readMass(draft.buying.tare, true, unitOf(draft.buying.unit).places).grams ?? 0 : 0;
  return { gross, tare: each * bags.length, net: gross - each * bags.length };
}

export function drawSums() {
  const typed = readMass(bagInput.value, false, unitOf(draft.buying.unit).places);
  const { gross, tare, net } = sums(typed.grams ? [...draft.bags, typed.grams] : draft.bags);
  tell("sums", gross ? say("sums", { gross: mass(gross), tare: mass(tare), net: mass(net) }) : "");
}

bagInput.addEventListener("input", () => {
  draft.typed = bagInput.value;
  note();
  drawSums();
});
document.getElementById("plot").addEventListener("change", (event) => note((draft.plot = event.target.value)));
document.querySelector('[data-do="add"]').addEventListener("click", addBag);

const choiceWords = (typed, { choices }, unit) => ({ typed, first: meant(choices[0], unit), second: meant(choices[1], unit) });

// Take what was typed as a bag. False, with the reason told, when it cannot be one; a question when it can be two.
async function addBag() {
  const unit = unitOf(draft.buying.unit);
  const read = readMass(bagInput.value, false, unit.places);
  part("bag-choices").replaceChildren();
  if (read.grams) {
    draft.bags.push(read.grams);
    bagInput.value = draft.typed = "";
    tell("bag-problem", "");
    await note();
    drawBags();
    bagInput.focus();
    return true;
  }
  tell("bag-problem", read.choices ? say("AmbiguousNumber", choiceWords(bagInput.value, read, unit)) : wrong(read));
  part("bag-choices").replaceChildren(...(read.choices ?? []).map((grams) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: meant(grams, unit) });
    button.onclick = () => {
      bagInput.value = plainMass(grams, ",", unit.places);
      addBag();
    };
    return button;
  }));
  bagInput.focus();
  return false;
}

screen("bags").addEventListener("submit", async (event) => {
  event.preventDefault();
  if ((bagInput.value.trim() || !draft.bags.length) && !(await addBag())) return;
  const { settings } = await known();
  if (extrasProblem(draft, goodsOf(settings))) return;
  if (sums(draft.bags).net <= 0) return void tell("bag-problem", say("tare_heavy"));
  leave("check");
});

