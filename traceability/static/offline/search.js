// Finding a farmer as the server does: tone marks, diacritics, spaces and spelling habits are forgotten.

import { asciiForms } from "./quantity.js";

const FORGOTTEN = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u064b-\u065f\u0670\u0e48-\u0e4c\u0ec8-\u0ecc]/g;
const LETTERS = { đ: "d", ð: "d", ø: "o", ł: "l", ı: "i", æ: "ae", œ: "oe", ß: "ss" };
const SPELLINGS = [[/\u0ea3/g, "\u0ea5"], [/\u0eab\u0e99/g, "\u0edc"], [/\u0eab\u0ea1/g, "\u0edd"], [/\u0eab\u0ea5/g, "\u0eab\u0ebc"], [/c+k/g, "k"], [/x/g, "s"]];

export function fold(text) {
  const bare = asciiForms(text).toLowerCase().normalize("NFD").replace(FORGOTTEN, "");
  const letters = Array.from(bare, (sign) => LETTERS[sign] ?? sign).join("").replace(/[^\p{L}\p{M}\p{N}]/gu, "");
  // the sign AM may be typed as two
  const key = letters.normalize("NFC").replace(/\u0ecd\u0eb2/g, "\u0eb3");
  return SPELLINGS.reduce((found, [written, kept]) => found.replace(written, kept), key);
}

const villages = new Map(); // few, and asked for with every letter typed

function folded(village) {
  if (!villages.has(village)) villages.set(village, fold(village));
  return villages.get(village);
}

// The code on a farmer's card: the end of its address, or what was read as it is.
export const cardIn = (text) => /\/f\/([0-9A-Z]{8})(?![0-9A-Z])/i.exec(text)?.[1].toUpperCase() ?? text.slice(0, 80);

// The code on the card that counts: the farmer's own, or the newest after one was lost.
export const cardOf = (farmer) => farmer[7] ?? farmer[0];

const codeIn = (asked) => asciiForms(asked).replace(/[\s-]/g, "").toUpperCase();

// Whether it is the code of a card that another one took the place of.
export function wasLost(farmers, asked) {
  const code = codeIn(asked);
  return farmers.some((farmer) => cardOf(farmer) !== code && (farmer[0] === code || farmer.includes(code, 8)));
}

// The farmers that every word fits: number (also its last three digits), name, nickname, village, or the card's code.
export function search(farmers, asked, most = 20) {
  const words = asked.split(/\s+/).map(fold).filter(Boolean);
  const code = codeIn(asked);
  const fits = ([, number, , , village, key], word) =>
    key.includes(word) || number.startsWith(word) || folded(village).includes(word) ||
    (/^[0-9]+$/.test(word) && (number.replace(/^0+/, "") === word.replace(/^0+/, "") || (word.length >= 3 && number.endsWith(word))));
  const found = farmers.filter((farmer) => cardOf(farmer) === code || (words.length && words.every((word) => fits(farmer, word))));
  // whose number was typed comes first
  const exact = (farmer) => Number(words.length === 1 && farmer[1].replace(/^0+/, "") === words[0].replace(/^0+/, ""));
  return found.sort((a, b) => exact(b) - exact(a) || a[1].length - b[1].length || (a[1] < b[1] ? -1 : 1)).slice(0, most);
}
