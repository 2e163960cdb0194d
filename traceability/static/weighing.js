// The weigh-in while it is typed: totals at once, more bags without a round trip, and a draft that survives a killed tab.
// Everything here is an extra: the pages work without it, and the server reads and checks every number itself.

import { drafts, forget, goneOnWith, keep, offer, typeAgain, typedSoFar } from "./drafts.js";

const WEIGH_IN = "weigh-in";
const PAPER = "paper page";

// --- numbers as people type them: a comma or a point, digits of any script; NaN where the server would ask or refuse ---

const asciiDigits = (text) =>
  [...text.normalize("NFKC")].map((mark) => (/\p{Nd}/u.test(mark) && mark > "9" ? String(mark.codePointAt(0) & 15) : mark)).join("");

// `places` are the decimals of the unit down to the gram: 3 of a kilogram, none of a gram, 5 of a tạ
const gramsTyped = (text, places) => {
  const plain = asciiDigits(text).replace(/[\s\u200b]/g, "").replace(",", ".");
  const thousands = /^[1-9]\d{0,2}\.\d{3}$/.test(plain);
  if (thousands && places) return NaN;
  const [whole, decimals = ""] = (thousands ? plain.replace(".", "") : plain).split(".");
  const exact = /^\d+(\.\d+)?$/.test(plain) && /^0*$/.test(decimals.slice(places));
  return exact ? Number(whole + decimals.slice(0, places).padEnd(places, "0")) : NaN;
};

const grouped = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, "\u00a0");

// `example` is one and a half of the unit as the page writes them: it tells the decimal mark and the sign
const shownMass = (grams, { example, places }) => {
  const one = 10 ** places;
  const rest = String(grams % one).padStart(places, "0").replace(/0+$/, "");
  return grouped(Math.floor(grams / one)) + (grams % one ? example[1] + rest : "") + example.slice(3);
};

// --- the form of the bags ------------------------------------------------------------------------------------------

const weighing = async (place) => {
  const form = place.closest("form");
  const about = place.dataset;
  const places = Number(about.places);
  const bags = () => [...form.querySelectorAll("[name^='bags_g-']")];
  const filled = () => bags().filter((bag) => bag.value.trim());

  const addBag = () => {
    const last = bags().at(-1).closest(".field");
    const next = last.cloneNode(true);
    const name = `bags_g-${bags().length}`;
    const input = next.querySelector("input");
    next.querySelectorAll(".problem, .buttons").forEach((old) => old.remove());
    next.classList.remove("field--wrong");
    next.querySelector("label").textContent = about.bag.replace("{n}", bags().length + 1);
    next.querySelector("label").htmlFor = input.id = input.name = name;
    input.value = "";
    ["aria-invalid", "aria-describedby", "autofocus"].forEach((old) => input.removeAttribute(old));
    last.after(next);
    return input;
  };

  const total = () => {
    const masses = filled().map((bag) => gramsTyped(bag.value, places));
    const gross = masses.reduce((sum, mass) => sum + mass, 0);
    const each = form.elements.tare_each_g.value.trim();
    const tare = each ? gramsTyped(each, places) * masses.length : 0;
    const price = Number(asciiDigits(form.elements.price_per_kg.value).replace(/[\s.,]/g, "") || NaN);
    const net = gross - tare;
    const sure = net > 0;
    const sums = { gross: shownMass(gross, about), tare: shownMass(tare, about), net: shownMass(net, about) };
    place.hidden = !masses.length;
    place.querySelector("[data-tare]").hidden = tare === 0;
    place.querySelectorAll("[data-sum]").forEach((one) => (one.textContent = sure ? sums[one.dataset.sum] : "…"));
    const amount = place.querySelector("[data-amount]");
    amount.hidden = !(sure && price > 0);
    amount.textContent = `${grouped(Math.floor((net * price) / 1000))} ${about.currency}`;
    const step = Number(about.step);
    place.querySelector("[data-finer]").hidden = !(step && masses.some((mass) => mass % step));
  };

  // the price of the list follows the grade, until somebody types another; `filled` is the price and the grade it is of
  const fillPrice = () => {
    const { filled, grade, price_per_kg: price } = form.elements;
    const prices = JSON.parse(filled?.dataset.prices ?? "{}");
    const wanted = prices[grade?.value ?? ""];
    if (wanted === undefined || price.value !== filled.value.split(" ")[0]) return;
    price.value = wanted;
    filled.value = `${wanted} ${grade?.value ?? ""}`;
  };

  const keepDraft = () => {
    const values = typedSoFar(form);
    const id = values.client_id;
    const asked = { farmer: values.farmer, facility: values.facility, goods: `${values.commodity}.${values.form}`, weight_unit: values.weight_unit, draft: id };
    const draft = { id, kind: WEIGH_IN, at: Date.now(), clerk: about.clerk, farmer: about.farmer, values };
    draft.address = `${about.address}?${new URLSearchParams(asked)}`;
    draft.bags = filled().map((bag) => bag.value.trim());
    if (draft.bags.length) keep(draft);
  };

  const goOn = (draft) => {
    const wanted = Object.keys(draft.values).filter((name) => name.startsWith("bags_g-")).length;
    while (bags().length < wanted) addBag();
    typeAgain(form, draft);
  };

  form.addEventListener("input", (event) => {
    if (event.target.name === "grade") fillPrice();
    total();
    keepDraft();
  });
  form.addEventListener("change", keepDraft);
  form.querySelector("button[value=more]").addEventListener("click", (event) => {
    event.preventDefault();
    (bags().find((bag) => !bag.value.trim()) || addBag()).focus();
  });
  const draft = await goneOnWith(about.clerk, WEIGH_IN);
  if (draft) goOn(draft);
  fillPrice();
  total();
};

// --- a page of the paper book: what its lines add up to, and a draft of it -------------------------------------------

const BETWEEN = /\s*[+;]\s*|\s+(?!\d{3}(?!\d))/;

const paperPage = async (place) => {
  const form = place.closest("form");
  const about = place.dataset;
  const places = Number(about.places);
  const add = () => {
    const each = form.elements.tare_each_g.value.trim();
    const tare = each ? gramsTyped(each, places) : 0;
    const bags = [...form.querySelectorAll("[name$='-bags_g']")].flatMap((line) => line.value.trim().split(BETWEEN).filter(Boolean));
    const gross = bags.reduce((total, bag) => total + gramsTyped(bag, places), 0);
    const sum = gross - tare * bags.length;
    const typed = form.elements.total_g.value.trim();
    const total = gramsTyped(typed, places);
    const difference = total === gross ? 0 : sum - total; // a total may be of either
    place.hidden = !bags.length;
    place.querySelector("[data-sum]").textContent = sum > 0 ? shownMass(sum, about) : "…";
    place.querySelector("[data-gross]").hidden = !(tare && sum > 0);
    place.querySelector("[data-gross-sum]").textContent = gross > 0 ? shownMass(gross, about) : "…";
    place.querySelector("[data-differs]").hidden = !(typed && difference);
    if (difference) place.querySelector("[data-difference]").textContent = shownMass(Math.abs(difference), about);
  };
  const keepPage = () => {
    const values = typedSoFar(form);
    const bags = Object.keys(values).filter((name) => name.endsWith("-bags_g") && values[name].trim());
    const people = Object.keys(values).filter((name) => name.endsWith("-farmer") && values[name].trim());
    const draft = { id: values.client_id, kind: PAPER, at: Date.now(), clerk: about.clerk, values, bags: [], page: values.page.trim() || "…" };
    draft.lines = Math.max(bags.length, people.length);
    const rows = form.querySelectorAll("fieldset.line").length;
    const { goods, weight_unit } = values;
    draft.address = `${about.address}?${new URLSearchParams({ goods, weight_unit, lines: rows, draft: draft.id })}`;
    if (draft.lines) keep(draft);
  };
  form.addEventListener("input", () => {
    add();
    keepPage();
  });
  form.addEventListener("change", keepPage);
  const draft = await goneOnWith(about.clerk, PAPER);
  if (draft) typeAgain(form, draft);
  add();
};

const offerDrafts = async (place) => {
  const { clerk, drafts: farmer } = place.dataset;
  offer(place, (await drafts(clerk, WEIGH_IN)).filter((draft) => !farmer || draft.values.farmer === farmer));
};

const offerPages = async (place) => offer(place, await drafts(place.dataset.clerk, PAPER));

const each = (selector, work) => document.querySelectorAll(selector).forEach(work);

each("[data-page]", paperPage);
each("[data-done]", (place) => forget(place.dataset.done));
each("[data-drafts]", offerDrafts);
each("[data-paper-drafts]", offerPages);
each("[data-weighing]", weighing);
