// The parts of the page by the names they carry, and the one screen that is open.

import { say } from "./words.js";

export const part = (name, within = document) => within.querySelector(`[data-is="${name}"]`);
export const screen = (name) => document.querySelector(`[data-screen="${name}"]`);

export function tell(name, text) {
  const found = part(name);
  found.textContent = text ?? "";
  if (found.matches(".problem")) found.hidden = !text;
}

export function copy(id) {
  return document.getElementById(id).content.cloneNode(true);
}

let openedScreen = "";

export function show(name) {
  for (const one of document.querySelectorAll("[data-screen]")) one.hidden = one.dataset.screen !== name;
  part("title").textContent = say(name);
  document.title = document.title.replace(/^[^·]*/, `${say(name)} `);
  if (openedScreen && openedScreen !== name) scrollTo(0, 0);
  openedScreen = name;
}

export const opened = () => openedScreen;

export function options(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value, false, value === chosen)));
}
