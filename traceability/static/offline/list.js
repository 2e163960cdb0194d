// The outbox as people see it: each entry with its state and, where somebody is needed, the reason and a way to fix it.

import { counts, discard, entries, isoOf, mend, NEEDS, numberOf, SENT, WAITING } from "./outbox.js";
import { HELD_UP, kindOf } from "./order.js";
import { copy, part, screen, tell } from "./page.js";
import { kept } from "./store.js";
import { clock, mass, say } from "./words.js";
import { copyOf, edit } from "./weighing.js";

const A_DAY = 24 * 3600_000;
const MOST_SHOWN = 200;
const BADGES = { [WAITING]: "badge--plain", [SENT]: "badge--ok", [NEEDS]: "badge--stop" };
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
  const rank = { [NEEDS]: 0, [WAITING]: 1, [SENT]: 2 };
  const shown = all.reverse().sort((a, b) => rank[a.state] - rank[b.state]).slice(0, MOST_SHOWN);
  part("entries").replaceChildren(...shown.map(entryRow));
  tell("safe", (await navigator.storage?.persisted?.()) ? say("safe") : say("unsafe"));
}

// What this phone shows, and what it is by the server: day and time.
function clocks(ahead) {
  const said = (moment) => isoOf(moment).slice(0, 16).replace("T", " ");
  return { shown: said(new Date()), now: said(new Date(Date.now() - ahead * 60_000)) };
}

function entryRow(entry) {
  const row = copyOf("one-entry");
  const state = part("state", row);
  state.classList.add(BADGES[entry.state]);
  state.append(copy(`state-${entry.state}`));
  part("number", row).textContent = numberOf(entry);
  part("who", row).textContent = [say(`kind_${kindOf(entry)}`), entry.who].filter(Boolean).join(": ");
  part("net", row).textContent = mass(entry.net_g);
  part("when", row).textContent = clock(entry.body.occurred_at);
  if (entry.state === NEEDS) {
    const reason = part("reason", row);
    reason.hidden = false;
    reason.textContent = reasonsOf(entry).join(" ");
    const fix = part("fix", row);
    fix.hidden = entry.problem.name === "DeviceRevoked";
    fix.onclick = () => screen("outbox").dispatchEvent(new CustomEvent("fix", { detail: entry }));
  }
  return row;
}

function reasonsOf({ problem }) {
  if (problem.name === HELD_UP) return [problem.number ? say("held_up", problem) : say("held_gone")];
  const more = [...(problem.warnings ?? []), ...Object.values(problem.errors ?? {}).flat()];
  return more.length ? more : [problem.detail];
}

// What can be done about a refusal depends on why: say it is right, say when it was, take another number, or change it.
export async function openFix(entry) {
  fixing = entry;
  const name = entry.problem.name;
  part("reasons").replaceChildren(...reasonsOf(entry).map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  tell("fix-who", entry.who);
  tell("fix-number", numberOf(entry));
  tell("fix-net", mass(entry.net_g));
  part("fix-right").hidden = name !== "NeedsConfirming";
  part("fix-when").hidden = part("fix-time").hidden = !OF_TIME.includes(name);
  part("fix-renumber").hidden = !OF_NUMBER.includes(name);
  part("fix-discard").hidden = kindOf(entry) === "weigh_in";
  part("fix-discard").open = false;
  const ahead = (await kept("ahead")) ?? 0;
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
document.querySelector('[data-do="discard-entry"]').addEventListener("click", async () => {
  await discard(fixing.id);
  screen("fix").dispatchEvent(new Event("done"));
});
document.querySelector('[data-do="change"]').addEventListener("click", async () => {
  if (kindOf(fixing) !== "weigh_in") return screen("fix").dispatchEvent(new CustomEvent("change-goods", { detail: fixing }));
  const draft = await kept("draft");
  if (draft && draft.id !== fixing.id) return tell("fix-who", say("finish_first"));
  await edit({ ...fixing, form: { ...fixing.form, occurred_at: fixing.body.occurred_at } });
  screen("fix").dispatchEvent(new Event("change-it"));
});

// Everything unsent in one file, for the day when this phone cannot send it itself.
document.querySelector('[data-do="export"]').addEventListener("click", async () => {
  const device = await kept("device");
  const unsent = (await entries()).filter((entry) => entry.state !== SENT);
  const said = { device: device?.device, letter: device?.letter, name: device?.name, exported_at: isoOf(new Date()), entries: unsent.map((entry) => ({ kind: kindOf(entry), client_id: entry.id, ...entry.body, state: entry.state, problem: entry.problem, who: entry.who })) };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(said, null, 1)], { type: "application/json" }));
  link.download = `unsent-${device?.letter ?? ""}-${isoOf(new Date()).slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
});
