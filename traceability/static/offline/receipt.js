// The receipt: large to show, with a QR to check it, and to print; the phone itself draws the letters, so Lao is right.

import { amountOf } from "./checking.js";
import { SENT } from "./outbox.js";
import { copy, part, tell } from "./page.js";
import { qr, qrPath } from "./qr.js";
import { kept } from "./store.js";
import { clock, language, mass, named, number, say } from "./words.js";

export async function openReceipt(entry) {
  const settings = (await kept("settings")) ?? { goods: [], places: [], organisation: {} };
  const { body } = entry;
  const goods = settings.goods.find((one) => one.commodity === body.commodity && one.form === body.form);
  const place = settings.places.find(([prefix]) => prefix === body.facility)?.[1] ?? body.facility;
  const gross = body.bags_g.reduce((sum, grams) => sum + grams, 0);
  tell("receipt-organisation", named(settings.organisation));
  tell("receipt-place", `${place} · ${body.occurred_at.slice(0, 16).replace("T", " ")}`);
  tell("receipt-number", body.receipt_number);
  tell("receipt-net", mass(entry.net_g));
  const rows = [
    ["farmer", entry.who],
    ["product", [named(goods?.names ?? {}), body.grade, body.variety].filter(Boolean).join(", ")],
    ["bags", body.bags_g.map(mass).join(" + ")],
    ["gross", mass(gross)],
    ["tare", body.tare_g ? mass(body.tare_g) : ""],
    ["quality", (body.measured ?? []).map((one) => qualityOf(goods, one)).join(", ")],
    ["price", body.price_per_kg ? `${number(body.price_per_kg)} ${body.currency}` : ""],
    ["amount", body.price_per_kg ? `${number(amountOf(entry.net_g, body.price_per_kg))} ${body.currency}` : ""],
    ["payment", body.price_per_kg ? say(body.paid ? "paid" : "owed") : ""],
    ["clerk", settings.clerk],
    ["note", body.note],
  ];
  part("receipt-facts").replaceChildren(...rows.filter(([, value]) => value).map(([name, value]) => {
    const row = copy("one-fact").firstElementChild;
    part("fact", row).textContent = say(`fact_${name}`);
    part("value", row).textContent = value;
    return row;
  }));
  tell("receipt-state", entry.state === SENT ? say("is_sent") : `${say("waits")} · ${clock(body.occurred_at)}`);
  tell("receipt-phone", settings.phone ? say("call", { phone: settings.phone }) : "");
  drawCheck(addressOf(entry, settings));
  part("receipt-58").hidden = entry.state !== SENT;
  if (entry.state === SENT) part("receipt-58").href = `/receipts/${entry.answer.lot}/58mm.png?l=${language}`;
}

// Where anybody learns whether it counts: by its code once it was sent, until then by the id that this phone made.
function addressOf(entry, settings) {
  return `${location.origin}/r/${entry.state === SENT ? entry.answer.lot : `${settings.code}/${entry.id}`}`;
}

function drawCheck(address) {
  const rows = qr(address);
  const side = rows.length + 8;
  const svg = part("receipt-qr");
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.dataset.address = address;
  svg.querySelector("path").setAttribute("d", qrPath(rows));
}

function qualityOf(goods, { property, value, unit }) {
  const box = goods?.quality;
  if (box?.key !== property) return `${value} ${unit}`;
  const chosen = box.choices.find(([key]) => key === value)?.[1];
  return `${named(box.names)}: ${chosen ? named(chosen) : `${value} ${unit}`}`;
}

part("print").addEventListener("click", () => print());
