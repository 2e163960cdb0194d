// What is asked beside farmer and bags: the one quality box of the goods, and what the point wants to know.

import { options, part, tell } from "./page.js";
import { readMass, readMoney } from "./quantity.js";
import { drawSums, note } from "./weighing.js";
import { named, say, unitOf, wrong } from "./words.js";

const field = (id) => document.getElementById(id);
const DECIMAL = /^-?\d{1,12}(\.\d{1,6})?$/;
let draft = null;
let goods = null;
let settings = null;

// What was said here, or when buying was opened; else the price of the grade as managers set it, else the usual one.
export function priceOf(entry, of) {
  const { usual = [], price } = entry.buying;
  const set = of.prices?.[entry.grade] ?? of.prices?.[""] ?? (usual[1] === entry.buying.goodsKey ? usual[3] : "");
  return entry.extras?.price ?? price ?? String(set);
}

export function openExtras(entry, of, known) {
  [draft, goods, settings] = [entry, of, known];
  draft.extras ??= {};
  const leftOut = settings.places.find(([prefix]) => prefix === draft.buying.place)?.[2] ?? [];
  part("grade-field").hidden = !goods.grades.length || leftOut.includes("grade");
  const { quality } = goods;
  part("quality-number").hidden = !quality?.key || quality.choices.length > 0 || leftOut.includes("quality");
  part("quality-choice").hidden = !quality?.key || !quality.choices.length || leftOut.includes("quality");
  if (quality?.key) {
    for (const name of ["quality-name", "quality-name-2"]) tell(name, named(quality.names));
    tell("quality-unit", quality.unit);
    options(field("quality-choice"), [["", ""], ...quality.choices.map(([key, names]) => [key, named(names)])], draft.extras.quality ?? "");
    field("quality").value = draft.extras.quality ?? "";
  }
  options(field("at-place"), settings.places.map(([prefix, name]) => [prefix, `${name} (${prefix})`]), draft.buying.place);
  field("at-tare").value = draft.buying.tare ?? "";
  field("at-price").value = priceOf(draft, goods);
  tell("at-currency", settings.currency);
  part("price-field").hidden = leftOut.includes("price_per_kg");
  for (const name of ["variety", "note"]) {
    part(`${name}-field`).hidden = leftOut.includes(name);
    field(name).value = draft.extras[name] ?? "";
  }
  tell("extras-problem", "");
}

// Why it cannot be taken like this; told beside the fields, which are opened. Nothing when all is well.
export function extrasProblem(entry, of) {
  const tare = entry.buying.tare ? readMass(entry.buying.tare, true, unitOf(entry.buying.unit).places) : { grams: 0 };
  const price = entry.extras?.price === undefined ? "" : readMoney(entry.extras.price);
  const asked = of.quality?.choices?.length ? "" : (entry.extras?.quality ?? "");
  const quality = asked && exact(asked);
  let problem = "";
  if (tare.problem) problem = wrong(tare);
  else if (tare.choices) problem = say("tare_doubt");
  else if (price === null) problem = say("price_wrong");
  const odd = asked && (quality === null || Number(quality) < Number(of.quality.low ?? quality) || Number(quality) > Number(of.quality.high ?? quality));
  tell("extras-problem", problem);
  tell("quality-problem", odd ? say("out_of_range", { least: of.quality.low, most: of.quality.high }) : "");
  if (problem) document.querySelector("[data-is=more]").open = true;
  if (odd) field("quality").focus();
  return Boolean(problem || odd);
}

// A number as it is written down, with a point; null for what is none.
export function exact(typed) {
  const text = typed.replace(/[^\d.,-]/gu, (sign) => (/\p{Nd}/u.test(sign) ? String(digit(sign)) : sign)).trim().replace(",", ".");
  return DECIMAL.test(text) ? text : null;
}

function digit(sign) {
  const code = sign.codePointAt(0);
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return (code - first) % 10;
}

// What goes with the entry, of all that was said here; what the point does without is left out.
export function saidToo(entry, of, known) {
  const leftOut = known.places.find(([prefix]) => prefix === entry.buying.place)?.[2] ?? [];
  const price = readMoney(priceOf(entry, of)) || "";
  const said = entry.extras?.quality ?? "";
  const value = of.quality?.choices?.length ? said : exact(said);
  const body = {
    price_per_kg: price ? Number(price) : null, currency: price ? known.currency : "",
    grade: leftOut.includes("grade") ? "" : entry.grade,
    variety: leftOut.includes("variety") ? "" : (entry.extras?.variety ?? "").trim(),
    note: leftOut.includes("note") ? "" : (entry.extras?.note ?? "").trim(),
  };
  if (value && !leftOut.includes("quality")) body.measured = [{ property: of.quality.key, value, unit: of.quality.unit }];
  for (const name of Object.keys(body)) if (!body[name]) delete body[name];
  return body;
}

function listen(id, keepIt) {
  field(id).addEventListener("input", (event) => {
    keepIt(event.target.value);
    note();
    drawSums();
  });
}

listen("quality", (typed) => (draft.extras.quality = typed));
listen("quality-choice", (typed) => (draft.extras.quality = typed));
listen("at-tare", (typed) => (draft.buying.tare = typed.trim()));
listen("at-price", (typed) => (draft.extras.price = typed));
listen("variety", (typed) => (draft.extras.variety = typed));
listen("note", (typed) => (draft.extras.note = typed));
listen("at-place", (prefix) => {
  draft.buying.place = prefix;
  draft.buying.placeName = settings.places.find(([one]) => one === prefix)?.[1];
  openExtras(draft, goods, settings);
});
