// Forming a lot without a signal: deliveries of one point, product, grade and day, ticked unless somebody unticks them.

import { copyOf } from "./weighing.js";
import { keepGoods } from "./stored.js";
import { byId, resolved } from "./kinds.js";
import { entries, isKept, isoOf } from "./outbox.js";
import { options, part, screen, tell } from "./page.js";
import { groupsOf, stock, whoOf } from "./stock.js";
import { forget, keep, kept } from "./store.js";
import { countIn, fill, massIn, massSoFar, percent, reasonMissing, valuesOf } from "./typed.js";
import { mass, named, say } from "./words.js";

const TYPED = ["lot-weighed", "lot-bags", "lot-reason"];
let draft = null;
let goods = null;
let groups = [];

const nothingTyped = () => ({ id: crypto.randomUUID(), group: "", out: [], values: {} });

export async function openLots() {
  draft = resolved((await kept("lot-draft")) ?? nothingTyped(), byId(await entries()));
  if (await isKept(draft.id)) draft = { ...draft, id: crypto.randomUUID() };
  goods = await kept("goods");
  groups = groupsOf((await stock(draft.id)).lots);
  tell("lots-cut", goods && goods.open > goods.settings.most ? say("lots_cut", { n: goods.settings.most, of: goods.open }) : "");
  tell("lots-none", groups.length ? "" : say(goods ? "no_deliveries" : "no_goods"));
  part("lot-form").hidden = !groups.length;
  part("lot-draft").hidden = !(await kept("lot-draft"));
  if (!groups.length) return;
  if (!groups.some((group) => group.key === draft.group)) draft.group = groups[0].key;
  options(document.getElementById("group"), groups.map((group) => [group.key, groupWords(group)]), draft.group);
  fill(TYPED, draft.values);
  await drawRows();
}

const chosenGroup = () => groups.find((group) => group.key === draft.group);
const isIn = (row) => !row.stopped && !draft.out.includes(row.ref);
const ticked = () => chosenGroup().rows.filter(isIn);
const sumOf = (rows) => rows.reduce((sum, row) => sum + row.mass, 0);
const formName = (key) => named(goods?.settings.forms[key] ?? {}) || key;

function groupWords(group) {
  return [formName(group.goods), group.grade, group.on.slice(5), group.place].filter(Boolean).join(" · ");
}

async function drawRows() {
  const who = await whoOf();
  part("lot-rows").replaceChildren(...chosenGroup().rows.map((row) => {
    const label = copyOf("one-delivery");
    const box = label.querySelector("input");
    box.checked = isIn(row);
    box.disabled = Boolean(row.stopped);
    box.onchange = () => {
      draft.out = box.checked ? draft.out.filter((ref) => ref !== row.ref) : [...draft.out, row.ref];
      note();
      drawSums();
    };
    part("number", label).textContent = row.number;
    part("said", label).textContent = who(row);
    part("mass", label).textContent = mass(row.mass);
    part("waits", label).hidden = !row.state;
    part("stopped", label).hidden = !row.stopped;
    return label;
  }));
  drawSums();
}

function drawSums() {
  const rows = ticked();
  const counted = sumOf(rows);
  tell("lot-sums", say("lot_sums", { n: rows.length, of: chosenGroup().rows.length }));
  part("lot-total").textContent = mass(counted);
  const weighed = massSoFar("lot-weighed");
  const difference = weighed === undefined || !counted ? 0 : weighed - counted;
  tell("lot-difference", difference ? say(difference < 0 ? "less" : "more", { mass: mass(difference), percent: percent(difference, counted) }) : "");
}

function note() {
  part("lot-draft").hidden = false;
  return keep("lot-draft", { ...draft, values: valuesOf(TYPED), at: isoOf(new Date()) });
}

screen("lots").addEventListener("input", (event) => {
  if (!TYPED.includes(event.target.id)) return;
  note();
  drawSums();
});
document.getElementById("group").addEventListener("change", (event) => {
  draft = { ...draft, group: event.target.value, out: [] };
  note();
  drawRows();
});
document.querySelector('[data-do="discard-lot"]').addEventListener("click", async () => {
  await forget("lot-draft");
  await openLots();
});

screen("lots").addEventListener("submit", async (event) => {
  event.preventDefault();
  const rows = ticked();
  tell("lot-problem", rows.length ? "" : say("tick_some"));
  if (!rows.length) return;
  const weighed = massIn("lot-weighed", { optional: true });
  const bags = countIn("lot-bags");
  const counted = sumOf(rows);
  if (weighed === undefined || bags === undefined) return;
  if (weighed !== null && reasonMissing("lot-reason", weighed - counted, counted, goods?.settings.lot_permille ?? 0)) return;
  const group = chosenGroup();
  const body = {
    facility: group.place, deliveries: rows.map((row) => row.ref), seen_g: rows.map((row) => row.mass),
    weighed_g: weighed, count: bags, reason: document.getElementById("lot-reason").value.trim(), occurred_at: isoOf(new Date()),
  };
  for (const name of ["weighed_g", "count", "reason"]) if (!body[name]) delete body[name];
  const made = { goods: group.goods, grade: group.grade, mass: weighed ?? counted, count: bags ?? rows.reduce((sum, row) => sum + row.count, 0), place: group.place };
  const form = { ...draft, values: valuesOf(TYPED) };
  const after = rows.flatMap((row) => row.after);
  const who = `${formName(group.goods)} · ${say("of_deliveries", { n: rows.length })}`;
  await keepGoods({ id: draft.id, kind: "lot", body, net_g: made.mass, who, made, after, form }, "lot-problem");
});

// An entry that was not taken is opened as it was typed, beside what is on record now. A lot that is
// unfinished comes first.
export async function changeLot(entry) {
  const begun = await kept("lot-draft");
  if (!begun || begun.id === entry.id) await keep("lot-draft", { ...entry.form, id: entry.id });
  await openLots();
  return "lots";
}
