// What scripts say: every sentence comes translated with the page, every number as its reader writes it.

import { plainMass } from "./quantity.js";

const words = {};
for (const one of document.getElementById("words")?.content.querySelectorAll("[data-word]") ?? []) words[one.dataset.word] = one.dataset.say;

export const language = document.documentElement.lang || "en";

export function say(name, values = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, "\u00a0");

export const mass = (grams) => written(grams, 3, words.unit);

function written(grams, places, sign) {
  const [whole, decimals] = plainMass(Math.abs(grams), ".", places).split(".");
  return `${number(whole)}${decimals ? words.mark + decimals.replace(/0+$/, "") : ""}\u00a0${sign}`;
}

// The unit of a key as the page offers it, its sign and its decimals down to the gram; kilograms for what is none.
export function unitOf(key) {
  const offered = [...document.getElementById("weight-unit").options];
  const { value, dataset } = offered.find((one) => one.value === key) ?? offered[0];
  return { key: value, sign: dataset.sign, places: Number(dataset.places) };
}

// What a number typed in a unit means: `1,25 tạ = 125 kg`.
export const meant = (grams, unit) => (unit.key === "kg" ? mass(grams) : `${written(grams, unit.places, unit.sign)} = ${mass(grams)}`);

// How a number that could not be read is told; the sentences are the server's own.
export const wrong = ({ problem, typed }) => say(problem, { typed });

export const named = (names) => names[language] ?? names.en ?? "";

// `18:04`, and the day before it when that is not today.
export function clock(iso) {
  const day = iso.slice(0, 10);
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  return day === today ? iso.slice(11, 16) : `${day} ${iso.slice(11, 16)}`;
}
