// The outbox as people see it: each entry with its state and, where somebody is needed, the reason and a way to fix it.

import { byId, heldBy, kindOf, nameOf, NEEDS, numberOf, REMOVED, SENT, waitsFor, WAITING } from "./kinds.js";
import { counts, ENDED, entries, isoOf, mend, unsent } from "./outbox.js";
import { copy, part, screen, tell } from "./page.js";
import { kept } from "./store.js";
import { clock, mass, say } from "./words.js";
import { copyOf, edit } from "./weighing.js";

const A_DAY = 24 * 3600_000;
const MOST_SHOWN = 200;
const BADGES = { [WAITING]: "badge--plain", [SENT]: "badge--ok", [NEEDS]: "badge--stop", [REMOVED]: "badge--plain" };
const OF_TIME = ["ClockOff", "FromTheFuture", "NotMadeYet"];
const OF_NUMBER = ["NumberTaken", "OtherSeries"];
let fixing = null;

export async function listOutbox() {
  const all = await entries();
  const now = await counts();
  const sent = now.sentAt ? say("all_sent_at", { at: clock(isoOf(new Date(now.sentAt))) }) : say("nothing_yet");
  const open = [now.waiting && say("waiting", { n: now.waiting }), now.needs && say("needs", { n: now.needs })].filter(Boolean);
  tell("outbox-words", open.join(" · ") || sent);
  part("old").hidden = !(now.oldest && Date.now() - Date.parse(now.oldest) > A_DAY);
  const ahead = (await kept("ahead")) ?? 0;
  tell("clock", ahead ? say("clock_wrong", clocks(ahead)) : "");
  const rank = { [NEEDS]: 0, [WAITING]: 1, [SENT]: 2, [REMOVED]: 2 };
  const shown = all.reverse().sort((a, b) => rank[a.state] - rank[b.state]).slice(0, MOST_SHOWN);
  const known = byId(all);
  part("entries").replaceChildren(...shown.map((entry) => entryRow(entry, known)));
  tell("safe", (await navigator.storage?.persisted?.()) ? say("safe") : say("unsafe"));
}

// What this phone shows, and what it is by the server: day and time.
function clocks(ahead) {
  const said = (moment) => isoOf(moment).slice(0, 16).replace("T", " ");
  return { shown: said(new Date()), now: said(new Date(Date.now() - ahead * 60_000)) };
}

function entryRow(entry, known) {
  const row = copyOf("one-entry");
  const state = part("state", row);
  state.classList.add(BADGES[entry.state]);
  state.append(copy(`state-${entry.state}`));
  const weighed = nameOf(entry) === "weigh_in";
  part("number", row).textContent = numberOf(entry);
  part("who", row).textContent = aboutOf(entry).filter(Boolean).join(" · ");
  part("line", row).classList.toggle("removed", entry.state === REMOVED);
  const held = heldBy(entry, known);
  const first = waitsFor(entry, known);
  if (entry.state === WAITING && first && !held) tellReason(row, say("sent_after", { name: titleOf(first) }));
  if (entry.state === REMOVED) tellReason(row, [say(`why_${entry.removed.reason}`), entry.removed.note, clock(entry.removed.at)].filter(Boolean).join(" · "));
  offer(row, "remove", unsent(entry), () => tellScreen("take-back", entry));
  offer(row, "receipt", weighed && entry.state !== REMOVED, () => tellScreen("receipt", entry));
  const correct = part("correct", row);
  correct.hidden = !(weighed && entry.state === SENT && entry.event);
  correct.href = `/correct?event=${entry.event}`;
  if (entry.state === NEEDS || held) {
    tellReason(row, reasonsOf(entry, held).join(" "), "problem");
    offer(row, "fix", !ENDED.includes(entry.problem?.name), () => tellScreen("fix", entry));
  }
  return row;
}

function aboutOf(entry) {
  const kind = nameOf(entry);
  if (kind === "farmer") return [say("new_farmer", { name: entry.who }), entry.body.village];
  const who = kind === "weigh_in" ? entry.who : `${say(`kind_${kind}`)}: ${entry.who}`;
  return [who, mass(entry.net_g), clock(entry.body.occurred_at)];
}

const titleOf = (entry) => numberOf(entry) || entry.who;

const tellScreen = (name, entry) => screen("outbox").dispatchEvent(new CustomEvent(name, { detail: entry }));

function tellReason(row, text, look = "soft") {
  const reason = part("reason", row);
  reason.hidden = false;
  reason.className = look;
  reason.textContent = text;
}

function offer(row, name, can, then) {
  const button = part(name, row);
  button.hidden = !can;
  button.onclick = then;
}

function reasonsOf({ problem }, held) {
  if (held) return [held.state === REMOVED ? say("held_gone") : say("held_up", { number: titleOf(held) })];
  const more = [...(problem.warnings ?? []), ...Object.values(problem.errors ?? {}).flat()];
  return more.length ? more : [problem.detail];
}

// What can be done about a refusal depends on why: say it is right, say when it was, take another number, or change it.
export async function openFix(entry) {
  fixing = entry;
  const held = heldBy(entry, byId(await entries()));
  const name = entry.problem?.name;
  part("reasons").replaceChildren(...reasonsOf(entry, held).map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  tell("fix-who", entry.who);
  tell("fix-number", numberOf(entry));
  tell("fix-net", entry.net_g ? mass(entry.net_g) : entry.body.village);
  part("fix-right").hidden = name !== "NeedsConfirming";
  part("fix-when").hidden = part("fix-time").hidden = !OF_TIME.includes(name);
  part("fix-renumber").hidden = !OF_NUMBER.includes(name);
  const ahead = (await kept("ahead")) ?? 0;
  if (!entry.body.occurred_at) return;
  const guess = new Date(Math.min(Date.parse(entry.body.occurred_at) - ahead * 60_000, Date.now() - ahead * 60_000));
  document.getElementById("when").value = isoOf(guess).slice(0, 16);
}

screen("fix").addEventListener("submit", async (event) => {
  event.preventDefault();
  const pressed = event.submitter?.dataset.is;
  if (pressed === "fix-right") await mend(fixing.id, { confirmed: true });
  else if (pressed === "fix-time") {
    const when = new Date(document.getElementById("when").value);
    if (Number.isNaN(when.getTime())) return void document.getElementById("when").focus();
    await mend(fixing.id, { device_at: fixing.body.device_at ?? fixing.body.occurred_at, occurred_at: isoOf(when) });
  } else if (pressed === "fix-renumber") {
    const { letter } = await kept("device");
    await mend(fixing.id, { note: say("replaces_number", { number: numberOf(fixing) }) }, { renumber: true, letter });
  } else await mend(fixing.id, {});
  screen("fix").dispatchEvent(new Event("done"));
  document.querySelector('[data-do="send"]').click();
});
document.querySelector('[data-do="change"]').addEventListener("click", async () => {
  const { change } = kindOf(fixing);
  if (change) return void screen("fix").dispatchEvent(new CustomEvent(change, { detail: fixing }));
  const draft = await kept("draft");
  if (draft && draft.id !== fixing.id) return tell("fix-who", say("finish_first"));
  const { occurred_at, device_at } = fixing.body;
  await edit({ ...fixing, form: { ...fixing.form, occurred_at, device_at } });
  screen("fix").dispatchEvent(new Event("change-it"));
});
