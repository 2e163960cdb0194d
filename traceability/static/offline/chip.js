// On every page of staff: how much waits to be sent, sending it, and no signing out while something would be left behind.

import { deliver, keepDelivering } from "./deliver.js";
import { counts, entries, onChange, unsent } from "./outbox.js";
import { kept } from "./store.js";

const chip = document.querySelector("[data-outbox]");
const language = document.documentElement.lang;
const fill = (text, n) => text.replace("{n}", n);

async function draw() {
  if (!chip || !(await kept("device"))) return;
  const { waiting, needs } = await counts();
  const words = chip.dataset;
  chip.hidden = false;
  chip.textContent = needs ? `⚠ ${fill(words.needs, needs)}` : waiting ? `⏳ ${fill(words.waiting, waiting)}` : `✓ ${words.sent}`;
}

// A revoked phone sends nothing any more: what is in an exported file, and seen to be there, is not lost by signing out.
async function wouldBeLost() {
  const safe = (await kept("device"))?.revoked ? ((await kept("rescued")) ?? []) : [];
  return (await entries()).filter((entry) => unsent(entry) && !safe.includes(entry.id)).length;
}

for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const lost = await wouldBeLost().catch(() => 0); // a phone that keeps nothing loses nothing
    if (!lost) return form.submit();
    form.querySelector("[role=alert]")?.remove();
    const told = Object.assign(document.createElement("p"), { className: "problem", textContent: fill(chip.dataset.lost, lost) });
    told.setAttribute("role", "alert");
    form.prepend(told);
  });
}

navigator.serviceWorker?.register("/service-worker.js", { type: "module", updateViaCache: "none" }).catch(() => {}); // the pages work without it
onChange(draw);
draw();
keepDelivering(language);
deliver(language).then(draw);
