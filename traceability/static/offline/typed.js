// Kilograms and counts in the fields of a form: read, or told beside the field why they cannot be, or asked which is meant.

import { part, tell } from "./page.js";
import { asciiForms, plainMass, readMass } from "./quantity.js";
import { mass, say, wrong } from "./words.js";

const field = (id) => document.getElementById(id);

// Grams; null for a field that may stay empty and is; undefined, with the reason told, while it cannot be read.
export function massIn(id, { optional = false } = {}) {
  if (optional && !field(id).value.trim()) return told(id, { grams: null });
  return told(id, readMass(field(id).value));
}

function told(id, read) {
  const choices = read.choices ?? [];
  const doubt = choices.length && say("AmbiguousNumber", { typed: field(id).value, first: mass(choices[0]), second: mass(choices[1]) });
  tell(`${id}-problem`, doubt || (read.problem ? wrong(read) : ""));
  part(`${id}-choices`).replaceChildren(...choices.map((grams) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: mass(grams) });
    button.onclick = () => {
      field(id).value = plainMass(grams);
      field(id).dispatchEvent(new Event("input", { bubbles: true }));
      told(id, { grams });
    };
    return button;
  }));
  if (read.grams === undefined) field(id).focus();
  return read.grams;
}

// What is typed so far, for sums that follow every key: nothing until it can only mean one thing.
export const massSoFar = (id) => readMass(field(id).value).grams;

// A whole count; null for an empty field; undefined, with the reason told, for anything else.
export function countIn(id) {
  const typed = asciiForms(field(id).value.trim());
  const count = typed ? Number(typed) : null;
  const fits = count === null || (Number.isInteger(count) && count > 0 && count < 1_000_000);
  tell(`${id}-problem`, fits ? "" : say("whole_number"));
  if (!fits) field(id).focus();
  return fits ? count : undefined;
}

// `1.2 %` of `whole`, to the nearest tenth, as its reader writes it.
export function percent(part_g, whole_g) {
  const tenths = Math.round((Math.abs(part_g) * 1000) / whole_g);
  return `${Math.floor(tenths / 10)}${say("mark")}${tenths % 10}\u00a0%`;
}

// Whether a difference needs a reason that nobody gave; then the field for it is shown, and why.
export function reasonMissing(id, difference, whole, permille) {
  const tolerance = Math.floor((whole * permille) / 1000);
  const needed = Math.abs(difference) > tolerance;
  const missing = needed && !field(id).value.trim();
  tell(`${id}-problem`, missing ? say("ReasonNeeded", { difference_g: mass(difference), tolerance_g: mass(tolerance) }) : "");
  if (missing) field(id).focus();
  return missing;
}

// Values of inputs by their ids, and put back into them.
export const valuesOf = (ids) => Object.fromEntries(ids.map((id) => [id, field(id).value]));

export function fill(ids, values = {}) {
  for (const id of ids) {
    field(id).value = values[id] ?? "";
    if (part(`${id}-problem`)) tell(`${id}-problem`, "");
    part(`${id}-choices`)?.replaceChildren();
  }
}
