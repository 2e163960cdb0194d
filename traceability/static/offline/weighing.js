// Bags, check and save. Every key press is kept as a draft, under the id that the entry will have: saved twice is once.

import { deliver } from "./deliver.js";
import { entries, isoOf, NEEDS, save, SENT } from "./outbox.js";
import { copy, options, part, screen, tell } from "./page.js";
import { plainMass, readMass, readMoney } from "./quantity.js";
import { keep, kept } from "./store.js";
import { language, mass, named, number, say, wrong } from "./words.js";

export const copyOf = (id) => copy(id).firstElementChild;
const MINUTES_AGAIN = 10; // the same weight within this time looks like a double entry

let draft = null;
const bagInput = document.getElementById("bag");
const leave = (name) => document.dispatchEvent(new Event(`go-${name}`));

// The settings, what is bought now, and the farmers who came last.
export async function known() {
  const settings = await kept("settings");
  const [place, goodsKey, tare, price] = (await kept("buying")) ?? settings?.usual ?? [];
  const goods = settings?.goods.find((one) => `${one.commodity}.${one.form}` === goodsKey);
  const placeName = settings?.places.find(([prefix]) => prefix === place)?.[1];
  const last = [...new Set((await entries()).reverse().map((entry) => entry.body.farmer))].slice(0, 5);
  const recent = (people) => {
    const found = last.map((code) => people.find((one) => one[0] === code)).filter(Boolean);
    return [...found, ...people.filter((one) => !found.includes(one)).slice(0, 5 - found.length)];
  };
  return { settings, buying: { place, goods, goodsKey, tare, price, placeName }, recent };
}

export async function openBuying() {
  const { settings, buying } = await known();
  if (!settings) return;
  options(document.getElementById("place"), settings.places.map(([prefix, name]) => [prefix, `${name} (${prefix})`]), buying.place);
  options(document.getElementById("goods"), settings.goods.map((one) => [`${one.commodity}.${one.form}`, `${named(one.of)} · ${named(one.names)}`]), buying.goodsKey);
  document.getElementById("tare").value = buying.tare ?? "";
  document.getElementById("price").value = buying.price ?? "";
  tell("currency", settings.currency);
}

screen("buying").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = ["place", "goods", "tare", "price"].map((id) => document.getElementById(id).value.trim());
  const tare = typed[2] ? readMass(typed[2], true) : { grams: 0 };
  const price = readMoney(typed[3]);
  const problem = tare.problem ? wrong(tare) : tare.choices ? say("AmbiguousNumber", choiceWords(typed[2], tare)) : price === null ? say("price_wrong") : "";
  tell("buying-problem", problem);
  if (problem) return;
  await keep("buying", [typed[0], typed[1], typed[2], price]);
  leave("who");
});

// A new entry for this farmer; `resume` goes on with what was typed before.
export async function fresh(farmer) {
  const { buying } = await known();
  draft = { id: crypto.randomUUID(), farmer, bags: [], typed: "", grade: "", plot: null, buying: { ...buying, goods: undefined } };
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

const note = () => keep("draft", { ...draft, at: isoOf(new Date()) });

export async function openBags() {
  const { settings } = await known();
  const goods = goodsOf(settings);
  const plots = draft.farmer[6].filter((plot) => plot[2] === goods.commodity);
  draft.plot ??= plots.length === 1 ? plots[0][0] : "";
  part("plots").hidden = !plots.length;
  options(document.getElementById("plot"), [...plots.map(([code, name]) => [code, name]), ["", say("no_plot")]], draft.plot);
  tell("who-said", [draft.farmer[2], draft.farmer[1], draft.farmer[4]].filter(Boolean).join(" · "));
  part("grades").replaceChildren(...goods.grades.map(gradeOption));
  bagInput.value = draft.typed;
  tell("bag-problem", "");
  part("bag-choices").replaceChildren();
  drawBags();
}

const goodsOf = (settings) => settings.goods.find((one) => `${one.commodity}.${one.form}` === draft.buying.goodsKey) ?? settings.goods[0];

function gradeOption(grade) {
  const label = document.createElement("label");
  label.className = "option";
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "grade", value: grade, checked: grade === draft.grade });
  input.onchange = () => note((draft.grade = grade));
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
    away.ariaLabel = say("remove", { n: place + 1 });
    away.onclick = () => {
      draft.bags.splice(place, 1);
      note().then(drawBags);
    };
    return row;
  }));
  drawSums();
}

function sums(bags) {
  const gross = bags.reduce((sum, grams) => sum + grams, 0);
  const each = draft.buying.tare ? readMass(draft.buying.tare, true).grams ?? 0 : 0;
  return { gross, tare: each * bags.length, net: gross - each * bags.length };
}

function drawSums() {
  const typed = readMass(bagInput.value);
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

const choiceWords = (typed, { choices }) => ({ typed, first: mass(choices[0]), second: mass(choices[1]) });

// Take what was typed as a bag. False, with the reason told, when it cannot be one; a question when it can be two.
async function addBag() {
  const read = readMass(bagInput.value);
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
  tell("bag-problem", read.choices ? say("AmbiguousNumber", choiceWords(bagInput.value, read)) : wrong(read));
  part("bag-choices").replaceChildren(...(read.choices ?? []).map((grams) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: mass(grams) });
    button.onclick = () => {
      bagInput.value = plainMass(grams);
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
  if (sums(draft.bags).net <= 0) return void tell("bag-problem", say("tare_heavy"));
  await openCheck();
  leave("check");
});

async function openCheck() {
  const { settings } = await known();
  const goods = goodsOf(settings);
  const { tare, net } = sums(draft.bags);
  const price = draft.buying.price ? Number(draft.buying.price) : null;
  tell("check-who", [draft.farmer[2], draft.farmer[1], draft.farmer[4]].filter(Boolean).join(" · "));
  tell("net", mass(net));
  tell("check-goods", [named(goods.names), draft.grade, draft.buying.placeName].filter(Boolean).join(", "));
  const bags = draft.bags.map(mass).join(" + ") + (tare ? ` − ${mass(tare)}` : "");
  tell("check-bags", say(draft.bags.length === 1 ? "one_bag" : "bags_line", { n: draft.bags.length, bags }));
  tell("amount", price === null ? "" : `${number(price)} ${settings.currency}/kg = ${number(Math.floor((net * price) / 1000))} ${settings.currency}`);
  const unusual = await unusualIn(goods, net);
  part("warnings").hidden = !unusual.length;
  part("warning-words").replaceChildren(...unusual.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  screen("check").elements.confirmed.checked = false;
}

// What a clerk should look at twice, by the server's own rules.
async function unusualIn(goods, net) {
  const [low, high] = goods.bag_g;
  const odd = low ? draft.bags.filter((grams) => grams < low || grams > high) : [];
  const found = odd.map((grams) => say("odd_bag", { mass_g: mass(grams), low_g: mass(low), high_g: mass(high) }));
  const since = Date.now() - MINUTES_AGAIN * 60_000;
  const same = (entry) => entry.id !== draft.id && entry.body.farmer === draft.farmer[0] && entry.net_g === net && Date.parse(entry.body.occurred_at) > since;
  if ((await entries()).some(same)) found.push(say("again"));
  return found;
}

screen("check").addEventListener("submit", async (event) => {
  event.preventDefault();
  const confirmed = screen("check").elements.confirmed;
  if (!part("warnings").hidden && !confirmed.checked) return void confirmed.focus();
  try {
    await keepEntry(!part("warnings").hidden);
  } catch {
    return void tell("check-who", say("cannot_keep"));
  }
  leave("saved");
  const id = draft.id;
  await deliver(language);
  const state = (await entries()).find((entry) => entry.id === id)?.state;
  if (state === SENT) tell("saved-state", say("is_sent"));
  else if (state === NEEDS) tell("saved-state", say("needs_you"));
});

async function keepEntry(confirmed) {
  const { settings } = await known();
  const device = await kept("device");
  const goods = goodsOf(settings);
  const { tare, net } = sums(draft.bags);
  const body = {
    facility: draft.buying.place, farmer: draft.farmer[0], plot: draft.plot, commodity: goods.commodity, form: goods.form, grade: draft.grade,
    bags_g: draft.bags, tare_g: tare, price_per_kg: draft.buying.price ? Number(draft.buying.price) : null, currency: draft.buying.price ? settings.currency : "",
    occurred_at: draft.occurred_at ?? isoOf(new Date()), confirmed,
  };
  for (const name of ["plot", "grade", "currency", "price_per_kg"]) if (!body[name]) delete body[name];
  const saved = await save({ id: draft.id, body, net_g: net, who: `${draft.farmer[2]} · ${draft.farmer[1]}`, form: draft }, device.letter);
  tell("saved-who", saved.who);
  tell("saved-number", saved.body.receipt_number);
  tell("saved-net", mass(saved.net_g));
  tell("saved-state", say("waits"));
}
