// Weights as people type them, in whole grams: the same rules as the server's `domain.quantity`, tested over one table.
// A comma and a point are both decimal marks; what can be read in two ways is asked about, never guessed.

const MOST_GRAMS = 10_000_000_000;
const MOST_MONEY = 1_000_000_000_000_000;
const INVISIBLE = /[\u200b\u200e\u200f\u2060\ufeff]/g;
const SPACES = /[ \u00a0\u2007\u2009\u202f\u3000]+/g;
const MARKS = { "。": ".", "｡": ".", "،": ",", "٫": ",", "٬": " ", "\u2212": "-", "\u2013": "-" };
const PLAIN = /^([0-9]+)(?:[.,]([0-9]+))?$/;
const GROUPED = /^([1-9][0-9]{0,2}([ .,])[0-9]{3}(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?$/;
const THOUSANDS = /^[1-9][0-9]{0,2}([ .,])[0-9]{3}(?:\1[0-9]{3})*$/;

// Digits of every script and full-width signs as ASCII. Unicode keeps the ten digits of a script together.
export function asciiForms(text) {
  return Array.from(text, (sign) => {
    const place = sign.codePointAt(0);
    if (place < 128) return sign;
    if (place >= 0xff01 && place <= 0xff5e) return String.fromCodePoint(place - 0xfee0);
    if (!/\p{Nd}/u.test(sign)) return sign;
    let before = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(place - before - 1))) before += 1;
    return String(before % 10);
  }).join("");
}

// `{grams}`, or `{choices}` to ask about, or `{problem, typed}` named as the server names it. `places` are the decimals of
// the unit down to the gram: 3 of a kilogram, none of a gram, 5 of a tạ.
export function readMass(typed, zero = false, places = 3) {
  let text = plainSigns(typed);
  if (!text) return { problem: places ? "NothingTyped" : "NoCountTyped" };
  const negative = text.startsWith("-");
  if (negative) text = text.slice(1);
  const plain = text.length <= 40 && PLAIN.exec(text);
  const grouped = !plain && text.length <= 40 && GROUPED.exec(text);
  if (!plain && !grouped) return { problem: places ? "NotANumber" : "NotACount", typed };
  const whole = (plain || grouped)[1].replace(/[^0-9]/g, "");
  const decimals = (plain ? plain[2] : grouped[3]) ?? "";
  const readings = [{ whole, decimals }];
  if (THOUSANDS.test(text) && decimals) readings.splice(0, places ? 0 : 1, { whole: text.replace(/[^0-9]/g, ""), decimals: "" });
  const nothing = !/[1-9]/.test(whole + decimals);
  if (negative || (nothing && !zero)) return { problem: zero ? "BelowZero" : "NotPositive", typed };
  if (readings.some((reading) => /[1-9]/.test(reading.decimals.slice(places)))) return { problem: "FinerThanAGram", typed };
  const within = readings.map((reading) => gramsOf(reading, places)).filter((grams) => grams <= MOST_GRAMS);
  if (!within.length) return { problem: "TooLarge", typed };
  return within.length === 1 ? { grams: within[0] } : { choices: within };
}

// Whole units of a currency as digits, nothing for nothing, and null for what is no such amount: `14.000` is fourteen
// thousand, for kip and dong have no smaller coin.
export function readMoney(typed) {
  const text = plainSigns(typed);
  if (!text) return "";
  if (text.length > 40) return null;
  const plain = PLAIN.exec(text);
  const grouped = plain ? null : GROUPED.exec(text);
  if (!plain && !grouped) return null;
  const decimals = (plain ? plain[2] : grouped[3]) ?? "";
  const grouping = THOUSANDS.test(text);
  if (!grouping && /[1-9]/.test(decimals)) return null;
  const digits = (grouping ? text : (plain || grouped)[1]).replace(/[^0-9]/g, "").replace(/^0+(?=.)/, "");
  return Number(digits) > MOST_MONEY ? null : digits;
}

function plainSigns(typed) {
  const marked = Array.from(asciiForms(typed.replace(INVISIBLE, "")), (sign) => MARKS[sign] ?? sign).join("");
  return marked.replace(SPACES, " ").trim();
}

function gramsOf({ whole, decimals }, places) {
  return whole.length > 12 ? Infinity : Number(whole + decimals.slice(0, places).padEnd(places, "0"));
}

// A weight to put back into an input, in the form that reads back alone: one gram above a kilogram is `1,0010`.
export function plainMass(grams, mark = ",", places = 3) {
  const one = 10 ** places;
  const whole = Math.floor(grams / one);
  let decimals = String(grams % one).padStart(places, "0").replace(/0+$/, "");
  if (decimals.length === 3 && whole > 0 && whole < 1000) decimals += "0";
  return decimals ? `${whole}${mark}${decimals}` : `${whole}`;
}
