// What was done with goods is kept, numbered and shown with its state; another try to send follows at once.

import { deliver } from "./deliver.js";
import { NEEDS, numberOf, REMOVED, SENT } from "./kinds.js";
import { entries, save } from "./outbox.js";
import { part, screen, tell } from "./page.js";
import { refreshGoods } from "./snapshot.js";
import { kept } from "./store.js";
import { language, mass, say } from "./words.js";

let shown = null;

export const storedLot = () => shown;

// Keep an entry and show it. Where the phone is full it is told at `problem`, and everything typed stays.
export async function keepGoods(entry, problem) {
  const device = await kept("device");
  let saved;
  try {
    saved = await save(entry, device.letter);
  } catch {
    return void tell(problem, say("cannot_keep"));
  }
  await showStored(saved);
  await deliver(language);
  await refreshGoods(language);
  await tellState();
}

// Where the same form was kept before and says something else, or was taken back: that there are two.
export async function besideWords(entry) {
  const first = entry.beside && (await entries()).find((one) => one.id === entry.beside);
  return first ? say(first.state === REMOVED ? "beside_removed" : "beside", { number: numberOf(first) }) : "";
}

async function showStored(entry) {
  shown = entry;
  const code = entry.kind === "dispatch";
  tell("stored-what", say(`stored_${entry.kind}`));
  tell("stored-number", code ? numberOf(entry).replace(/^(.{4})/, "$1\u00a0") : numberOf(entry));
  part("stored-number").classList.toggle("big", code); // the number of a lot is too long for that on a phone
  tell("stored-hint", [code && say("note_hint"), await besideWords(entry)].filter(Boolean).join(" "));
  tell("stored-who", entry.who);
  tell("stored-mass", mass(entry.net_g));
  part("stored-send-on").hidden = code;
  await tellState();
  screen("stored").dispatchEvent(new Event("opened"));
}

// Its state as it is now: waiting, sent, or needing somebody.
export async function tellState() {
  const entry = shown && (await entries()).find((one) => one.id === shown.id);
  if (!entry) return;
  shown = entry;
  tell("stored-state", say(entry.state === SENT ? "is_sent" : entry.state === NEEDS ? "needs_you" : "waits"));
}

// In the outbox, what was begun and not saved: it is no entry yet, and is sent by nobody.
export async function tellDrafts() {
  const onTheRoad = Object.keys((await kept("road-drafts")) ?? {}).length;
  const begun = [(await kept("draft")) && say("draft_weigh_in"), (await kept("lot-draft")) && say("draft_lot"), onTheRoad && say("draft_road", { n: onTheRoad })].filter(Boolean);
  part("drafts").hidden = !begun.length;
  tell("drafts-words", begun.join(" "));
}
