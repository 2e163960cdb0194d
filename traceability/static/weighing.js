// The weigh-in while it is typed: totals at once, more bags without a round trip, and a draft that survives a killed tab.
// Everything here is an extra: the pages work without it, and the server reads and checks every number itself.
"use strict";

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

// --- drafts: one for each opened form, under its client id ---------------------------------------------------------

const DRAFT = "weigh-in ";
const PAPER = "paper page ";
const KEPT_FOR = 30 * 24 * 3600 * 1000;

const stored = (work, otherwise) => {
  try {
    return work(window.localStorage);
  } catch {
    return otherwise; // no room, or the browser keeps nothing: then there is no draft
  }
};

const drafts = (clerk, kind = DRAFT) =>
  stored((storage) => {
    const found = [];
    for (const key of Object.keys(storage).filter((name) => name.startsWith(kind))) {
      const draft = JSON.parse(storage.getItem(key));
      if (Date.now() - draft.at > KEPT_FOR) storage.removeItem(key);
      else if (draft.clerk === clerk) found.push(draft);
    }
    return found.sort((one, other) => other.at - one.at);
  }, []);

const keep = (kind, draft) => stored((storage) => storage.setItem(kind + draft.id, JSON.stringify(draft)));

const forget = (id) => [DRAFT, PAPER].forEach((kind) => stored((storage) => storage.removeItem(kind + id)));

const wantedDraft = new URLSearchParams(window.location.search).get("draft");

const typedSoFar = (form) =>
  Object.fromEntries([...new FormData(form)].filter(([name]) => !["step", "go", "confirmed", "chosen"].includes(name)));

const typeAgain = (form, draft) => {
  for (const [name, value] of Object.entries(draft.values)) {
    const input = form.elements[name];
    if (input) input.value = value;
  }
};

// `place` holds the words and the buttons, once for each of the `found` that is not open already
const offer = (place, found) => {
  const open = [document.querySelector("[name=client_id]")?.value, wantedDraft];
  for (const draft of found) {
    if (open.includes(draft.id)) continue;
    const row = place.querySelector("template").content.cloneNode(true);
    const time = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    const words = { ...draft, bags: draft.bags.join(" + "), time };
    const said = row.querySelector("[data-said]");
    said.textContent = said.dataset.said.replace(/\{(\w+)\}/g, (_, name) => words[name]);
    row.querySelector("a").href = draft.address;
    const card = row.firstElementChild;
    row.querySelector("button").addEventListener("click", () => {
      forget(draft.id);
      card.remove();
    });
    place.append(row);
  }
};

const offerDrafts = (place) => {
  const farmer = place.dataset.drafts;
  offer(place, drafts(place.dataset.clerk).filter((draft) => !farmer || draft.values.farmer === farmer));
};

// --- the form of the bags ------------------------------------------------------------------------------------------

const weighing = (place) => {
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
    const draft = { id, at: Date.now(), clerk: about.clerk, farmer: about.farmer, values };
    draft.address = `${about.address}?${new URLSearchParams(asked)}`;
    draft.bags = filled().map((bag) => bag.value.trim());
    if (draft.bags.length) keep(DRAFT, draft);
  };

  const goOn = (draft) => {
    const wanted = Object.keys(draft.values).filter((name) => name.startsWith("bags_g-")).length;
    while (bags().length < wanted) addBag();
    typeAgain(form, draft);
  };

  const draft = wantedDraft && drafts(about.clerk).find((one) => one.id === wantedDraft);
  if (draft) goOn(draft);
  fillPrice();
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
  total();
};

// --- a page of the paper book: what its lines add up to, and a draft of it -------------------------------------------

const BETWEEN = /\s*[+;]\s*|\s+(?!\d{3}(?!\d))/;

const paperPage = (place) => {
  const form = place.closest("form");
  const about = place.dataset;
  const places = Number(about.places);
  const add = () => {
    const each = form.elements.tare_each_g.value.trim();
    const tare = each ? gramsTyped(each, places) : 0;
    const bags = [...form.querySelectorAll("[name$='-bags_g']")].flatMap((line) => line.value.trim().split(BETWEEN).filter(Boolean));
    const sum = bags.reduce((total, bag) => total + gramsTyped(bag, places) - tare, 0);
    const typed = form.elements.total_g.value.trim();
    const difference = sum - gramsTyped(typed, places);
    place.hidden = !bags.length;
    place.querySelector("[data-sum]").textContent = sum > 0 ? shownMass(sum, about) : "…";
    place.querySelector("[data-differs]").hidden = !(typed && difference);
    if (difference) place.querySelector("[data-difference]").textContent = shownMass(Math.abs(difference), about);
  };
  const keepPage = () => {
    const values = typedSoFar(form);
    const bags = Object.keys(values).filter((name) => name.endsWith("-bags_g") && values[name].trim());
    const people = Object.keys(values).filter((name) => name.endsWith("-farmer") && values[name].trim());
    const draft = { id: values.client_id, at: Date.now(), clerk: about.clerk, values, bags: [], page: values.page.trim() || "…" };
    draft.lines = Math.max(bags.length, people.length);
    const rows = form.querySelectorAll("fieldset.line").length;
    const { goods, weight_unit } = values;
    draft.address = `${about.address}?${new URLSearchParams({ goods, weight_unit, lines: rows, draft: draft.id })}`;
    if (draft.lines) keep(PAPER, draft);
  };
  const draft = wantedDraft && drafts(about.clerk, PAPER).find((one) => one.id === wantedDraft);
  if (draft) typeAgain(form, draft);
  form.addEventListener("input", () => {
    add();
    keepPage();
  });
  form.addEventListener("change", keepPage);
  add();
};

const offerPages = (place) => offer(place, drafts(place.dataset.clerk, PAPER));

document.querySelectorAll("[data-page]").forEach(paperPage);
document.querySelectorAll("[data-done]").forEach((place) => forget(place.dataset.done));
document.querySelectorAll("[data-drafts]").forEach(offerDrafts);
document.querySelectorAll("[data-paper-drafts]").forEach(offerPages);
document.querySelectorAll("[data-weighing]").forEach(weighing);
