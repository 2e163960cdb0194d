// When the outbox is sent: after a save, when the signal or the page comes back, every minute, and when somebody asks.

import { heldFor, send } from "./outbox.js";
import { keep, kept } from "./store.js";

const EVERY = 60_000;
let language = "en";
let again = 0;

export async function deliver(spoken) {
  language = spoken;
  const device = await kept("device");
  if (!device) return false;
  await keep("language", language); // of refusals, also when the worker sends with the page closed
  const reached = await send(language);
  if (!reached) await askForSync();
  clearTimeout(again);
  const wait = await heldFor(); // of a page that was closed meanwhile, say
  if (wait) again = setTimeout(() => deliver(language), wait);
  return reached;
}

// Where the browser can, it sends by itself once there is a signal, even with the page closed.
async function askForSync() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("outbox").catch(() => {}); // not allowed here: the other ways remain
}

export function keepDelivering(spoken) {
  language = spoken;
  addEventListener("online", () => deliver(language));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && deliver(language));
  setInterval(() => deliver(language), EVERY);
}
