// The page for work without a signal: who delivers, which bags, check, saved; lots and the road; and the outbox.

import { openCheck, sendIt, undo } from "./checking.js";
import { enrol, renew } from "./enrol.js";
import { listOutbox, openFix } from "./list.js";
import { openNewcomer } from "./newcomer.js";
import { counts, entries, onChange } from "./outbox.js";
import { opened, part, screen, show, tell } from "./page.js";
import { isLocked, openLocked, openPin } from "./pin.js";
import "./rescue.js";
import { cardIn, cardOf, search, wasLost } from "./search.js";
import { farmers, refresh, refreshGoods } from "./snapshot.js";
import { tellDrafts, tellState } from "./stored.js";
import { forget, kept } from "./store.js";
import { deliver, keepDelivering } from "./deliver.js";
import { clock, language, named, say, unitOf } from "./words.js";
import { copyOf, drafted, fresh, handOver, known, openBuying, resume } from "./weighing.js";

// Fetched when they are needed: a first page on a slow network is the weigh-in. The phone keeps them all the same.
const lots = () => import("./lots.js");
const road = () => import("./road.js");
const openReceipt = async (entry) => (await import("./receipt.js")).openReceipt(entry);

const asked = document.getElementById("q"); // who delivers
const ROOMS = ["who", "outbox", "buying", "lots", "road", "pin"]; // that an address may name
const ROOM_OF = { who: "who", saved: "who", lots: "lots", road: "road", stored: "", outbox: "" }; // screens with the tabs; the others need the space
let people = [];
let scanned = ""; // the card last before the camera
let handing = false; // the next farmer chosen gets the bags of the draft
let turn = 0; // for screens: what was asked for last is opened, also where an earlier one took longer

// Without a signal this page opens in the place of others: of the lots, say.
const roomAt = (path) => (path.startsWith("/lots") ? "lots" : path.startsWith("/shipping") ? "road" : "who");

export async function go(name) {
  const mine = ++turn;
  const device = await kept("device");
  if (!device) return show("enrol");
  if (await isLocked()) return openLocked();
  if (device.revoked && !["outbox", "fix"].includes(name)) name = "outbox";
  await known();
  if (!["saved", "receipt"].includes(name)) sendIt();
  if (name === "who") {
    asked.value = "";
    await openWho();
  }
  else if (name === "check") await openCheck();
  else if (name === "buying") await openBuying();
  else if (name === "outbox") await listOutbox().then(tellDrafts);
  else if (name === "lots") await (await lots()).openLots();
  else if (name === "road") await (await road()).openRoad();
  else if (name === "pin") await openPin();
  if (mine !== turn) return;
  open(name);
  if (name === "who") asked.focus();
  if (name === "bags") document.getElementById("bag").focus();
}

function open(name) {
  show(name);
  part("rooms").hidden = !(name in ROOM_OF);
  for (const room of part("rooms").querySelectorAll("[data-go]")) room.ariaCurrent = room.dataset.go === ROOM_OF[name] ? "page" : null;
}

// What the office did meanwhile; nobody is interrupted who is typing.
async function news() {
  if (!(await refreshGoods(language))) return;
  const typing = screen(opened())?.contains(document.activeElement);
  if (!typing && ["lots", "road"].includes(opened())) await go(opened());
}

async function openWho() {
  people = await farmers();
  const { settings, buying } = await known();
  const unit = unitOf(buying.unit);
  part("bought").textContent = [named(buying.goods?.names ?? {}), buying.placeName, unit.key !== "kg" && unit.sign].filter(Boolean).join(", ");
  if (settings) part("organisation").textContent = named(settings.organisation);
  if (settings) part("clerk").textContent = settings.clerk;
  const draft = await kept("draft");
  part("draft").hidden = !draft || handing;
  if (draft) tell("draft-words", say("draft_line", { name: draft.farmer[2], n: draft.bags.length, at: clock(draft.at) }));
  await list();
}

// By what stands in the field when it is shown: somebody may type or scan while the farmers are still being fetched.
async function list() {
  const { recent } = await known();
  const text = asked.value.trim();
  const found = text ? search(people, text) : recent(people);
  tell("found", !people.length ? say("no_farmers") : text && !found.length ? say(unfit(text)) : handing ? say("whose_bags") : "");
  part("people").replaceChildren(...found.map(personRow));
}

const unfit = (text) => (wasLost(people, text) ? "card_lost" : text === scanned ? "card_unknown" : "fits_none");

function personRow(farmer) {
  const row = copyOf("person");
  part("name", row).textContent = farmer[2];
  part("said", row).textContent = [farmer[1], farmer[3], farmer[4]].filter(Boolean).join(" · ");
  row.querySelector("a").onclick = (event) => {
    event.preventDefault();
    begin(farmer);
  };
  return row;
}

// What was begun is finished or discarded first: another entry would take its place.
async function begin(farmer) {
  if (handing) {
    handing = false;
    await handOver(farmer);
    return go("bags");
  }
  const draft = await kept("draft");
  if (draft?.bags.length || draft?.typed) {
    part("draft").hidden = false;
    document.querySelector('[data-do="continue"]').focus();
    return tell("found", say("finish_first"));
  }
  await fresh(farmer);
  return go("bags");
}

async function showState() {
  const device = await kept("device");
  part("lock").hidden = !device || Boolean(device.locked) || !(await kept("vault"));
  const now = await counts();
  const chip = part("chip");
  chip.hidden = !device;
  chip.textContent = now.needs ? `⚠ ${say("needs", { n: now.needs })}` : now.waiting ? `⏳ ${say("waiting", { n: now.waiting })}` : `✓ ${say("all_sent")}`;
  const trouble = device?.revoked ? { detail: device.revoked } : await kept("trouble");
  part("trouble").hidden = !trouble;
  // what a program is told about its token says nothing to a clerk
  tell("trouble-words", trouble?.name === "TokenNeeded" ? say("sign_in_again") : trouble?.detail);
  part("sign-in").hidden = Boolean(device?.revoked && !device.closed);
  if (device?.locked) return;
  if (opened() === "outbox") await listOutbox();
  if (opened() === "stored") await tellState();
}

async function act(what) {
  if (what === "continue") return resume().then(() => go("bags"));
  if (what === "discard") return forget("draft").then(() => go("who"));
  if (what === "lock") return location.reload();
  if (what === "forgotten") return open("forgotten");
  if (what === "send-on") return open(await (await road()).sendOn());
  if (what === "undo") return undo().then(showState);
  if (what === "other") {
    handing = Boolean(drafted()?.bags.length);
    return go("who");
  }
  if (what === "newcomer") {
    openNewcomer(asked.value);
    open("newcomer");
    return document.getElementById("new-name").focus();
  }
  if (what === "send") {
    const strange = (await deliver(language)) ? null : await kept("strange");
    tell("send-words", strange === null ? say("sent_now") : strange ? say("not_ours", { status: strange }) : say("no_signal"));
    return showState();
  }
  return null;
}

document.addEventListener("click", (event) => {
  const found = event.target.closest("[data-go], [data-do]");
  if (!found) return;
  found.closest("details.menu")?.removeAttribute("open");
  if (found.dataset.go) {
    event.preventDefault();
    handing = false;
    go(found.dataset.go).then(() => ["lots", "road"].includes(found.dataset.go) && news());
  } else act(found.dataset.do);
});
asked.addEventListener("input", list);
screen("enrol").addEventListener("submit", async (event) => {
  event.preventDefault();
  tell("enrol-problem", await enrol(document.getElementById("name").value));
  if (await kept("device")) await start();
});

async function start() {
  await renew();
  const device = await kept("device");
  if (device?.locked) {
    await showState();
    return openLocked();
  }
  if (device && !(await kept("version"))) await refresh(language);
  const wanted = location.hash.slice(1) || roomAt(location.pathname);
  await go(ROOMS.includes(wanted) ? wanted : "who");
  await showState();
  if (device) return void deliver(language).then(() => refresh(language)).then(async () => {
    people = await farmers();
    if (opened() === "who" && !asked.value) await openWho();
    await showState();
  });
}

screen("locked").addEventListener("opened", start);
onChange(showState);
screen("fix").addEventListener("done", () => go("outbox"));
screen("fix").addEventListener("change-it", () => go("bags"));
screen("fix").addEventListener("change-farmer", (event) => {
  openNewcomer("", event.detail);
  open("newcomer");
});
screen("fix").addEventListener("change-goods", async ({ detail }) => {
  await refreshGoods(language);
  const name = detail.kind === "lot" ? await (await lots()).changeLot(detail) : await (await road()).changeRoad(detail);
  if (name) open(name);
  else tell("fix-who", say("goods_gone"));
});
screen("road").addEventListener("leave", (event) => open(event.detail));
screen("stored").addEventListener("opened", () => open("stored"));
screen("outbox").addEventListener("fix", (event) => openFix(event.detail).then(() => open("fix")));
screen("outbox").addEventListener("take-back", async (event) => {
  (await import("./removal.js")).openRemoval(event.detail);
  open("remove");
});
screen("outbox").addEventListener("receipt", (event) => openReceipt(event.detail).then(() => open("receipt")));
screen("remove").addEventListener("done", () => go("outbox"));
screen("newcomer").addEventListener("registered", async (event) => {
  if (!event.detail) return go("outbox");
  deliver(language);
  return begin(event.detail);
});
part("show-receipt").addEventListener("click", async () => {
  const entry = (await entries()).find((one) => one.id === part("show-receipt").dataset.entry);
  if (entry) openReceipt(entry).then(() => open("receipt"));
});
screen("who").addEventListener("submit", (event) => event.preventDefault());
// a card before the camera: its farmer is on this phone, or the code is looked up as if it was typed
document.querySelector("button[data-scan]")?.addEventListener("scanned", async (event) => {
  event.preventDefault();
  scanned = cardIn(event.detail);
  const farmer = people.find((one) => cardOf(one) === scanned);
  if (farmer) return begin(farmer);
  asked.value = scanned;
  return list();
});
addEventListener("hashchange", () => {
  const wanted = location.hash.slice(1) || "who";
  if (ROOMS.includes(wanted)) go(wanted); // `#main` only skips to the content
});
for (const event of ["saved", "bags", "check", "who"]) document.addEventListener(`go-${event}`, () => go(event));
navigator.serviceWorker?.register("/service-worker.js", { type: "module", updateViaCache: "none" }).catch(() => {}); // it works with a signal
keepDelivering(language);
start();
