// Check it with the farmer, save it, and for ten seconds take it back.

import { deliver } from "./deliver.js";
import { priceOf, saidToo } from "./extras.js";
import { entries, isoOf, NEEDS, release, remove, save, SENT, UNDO_SECONDS } from "./outbox.js";
import { part, screen, tell } from "./page.js";
import { readMoney } from "./quantity.js";
import { kept } from "./store.js";
import { besideWords } from "./stored.js";
import { drafted, goodsOf, known, note, sums } from "./weighing.js";
import { language, mass, named, number, say } from "./words.js";

const MINUTES_AGAIN = 10; // the same weight within this time looks like a double entry
const FACTOR = 3; // a price so many times the usual one, or so small a part of it, is asked about
const leave = (name) => document.dispatchEvent(new Event(`go-${name}`));
let saved = null; // the entry that can still be undone
let waking = 0;

export async function openCheck() {
  const { settings } = await known();
  const draft = drafted();
  const goods = goodsOf(settings);
  const { tare, net } = sums(draft.bags);
  const price = readMoney(priceOf(draft, goods)) || "";
  tell("check-who", [draft.farmer[2], draft.farmer[1], draft.farmer[4]].filter(Boolean).join(" · "));
  tell("net", mass(net));
  tell("check-goods", [named(goods.names), draft.grade, draft.buying.placeName].filter(Boolean).join(", "));
  const bags = draft.bags.map(mass).join(" + ") + (tare ? ` − ${mass(tare)}` : "");
  tell("check-bags", say(draft.bags.length === 1 ? "one_bag" : "bags_line", { n: draft.bags.length, bags }));
  tell("amount", price === "" ? "" : `${number(price)} ${settings.currency}/kg = ${number(amountOf(net, price))} ${settings.currency}`);
  const unusual = await unusualIn(goods, net, settings.currency);
  part("warnings").hidden = !unusual.length;
  part("warning-words").replaceChildren(...unusual.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  const { confirmed, paid } = screen("check").elements;
  confirmed.checked = false;
  part("payment").hidden = !settings.pays || !amountOf(net, price);
  for (const one of paid) one.checked = one.value === (draft.paid ?? "");
}

screen("check").addEventListener("change", ({ target: { name, value } }) => name === "paid" && note((drafted().paid = value)));

export const amountOf = (net, price) => Math.floor((net * Number(price)) / 1000);

// What a clerk should look at twice, by the server's own rules.
async function unusualIn(goods, net, currency) {
  const draft = drafted();
  const [low, high] = goods.bag_g;
  const odd = low ? draft.bags.filter((grams) => grams < low || grams > high) : [];
  const found = odd.map((grams) => say("odd_bag", { mass_g: mass(grams), low_g: mass(low), high_g: mass(high) }));
  const paid = readMoney(priceOf(draft, goods));
  const usual = Number(priceOf({ ...draft, extras: {}, buying: { ...draft.buying, price: null } }, goods));
  if (paid && usual && (paid > usual * FACTOR || paid * FACTOR < usual)) found.push(say("odd_price", { price: number(paid), currency, usual: number(usual) }));
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
});

async function keepEntry(confirmed) {
  const { settings } = await known();
  const draft = drafted();
  const device = await kept("device");
  const goods = goodsOf(settings);
  const { tare, net } = sums(draft.bags);
  const body = {
    facility: draft.buying.place, farmer: draft.farmer[0], plot: draft.plot, commodity: goods.commodity, form: goods.form,
    bags_g: draft.bags, tare_g: tare, occurred_at: draft.occurred_at ?? isoOf(new Date()), confirmed, ...saidToo(draft, goods, settings),
  };
  if (draft.device_at) body.device_at = draft.device_at;
  if (!body.plot) delete body.plot;
  if (!part("payment").hidden && screen("check").elements.paid.value) body.paid = "now";
  const who = [draft.farmer[2], draft.farmer[1]].filter(Boolean).join(" · ");
  saved = await save({ kind: "weigh_in", id: draft.id, body, net_g: net, who, form: draft, held: UNDO_SECONDS }, device.letter);
  tell("saved-who", saved.who);
  tell("saved-number", saved.body.receipt_number);
  tell("saved-net", mass(saved.net_g));
  tell("saved-state", say("waits"));
  tell("saved-beside", await besideWords(saved));
  part("undo").hidden = !saved.until;
  part("undone").hidden = true;
  part("show-receipt").hidden = false;
  part("show-receipt").dataset.entry = saved.id;
  clearTimeout(waking);
  waking = setTimeout(sendIt, saved.until ? UNDO_SECONDS * 1000 : 0);
}

// Nobody undoes it any more: it may go.
export async function sendIt() {
  if (!saved) return;
  const { id } = saved;
  saved = null;
  clearTimeout(waking);
  part("undo").hidden = true;
  await release(id);
  await deliver(language);
  const state = (await entries()).find((entry) => entry.id === id)?.state;
  if (state === SENT) tell("saved-state", say("is_sent"));
  else if (state === NEEDS) tell("saved-state", say("needs_you"));
}

export async function undo() {
  if (!saved) return;
  const problem = await remove(saved.id, "undone");
  if (problem) return void tell("saved-state", say("remove_tried"));
  clearTimeout(waking);
  saved = null;
  part("undo").hidden = true;
  part("show-receipt").hidden = true;
  part("undone").hidden = false;
  tell("saved-state", say("undone"));
  tell("saved-beside", "");
}
