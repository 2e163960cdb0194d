// The PIN of this phone on the screen: set it, type it, forget it, turn it off; and the page locks itself.

import { ask } from "./enrol.js";
import { part, screen, show, tell } from "./page.js";
import { isLocked, keep, kept, rekept } from "./store.js";
import { canLock, isOpen, newVault, renewPin, tryPin, waiting } from "./vault.js";
import { say } from "./words.js";

const LEAST_DIGITS = 4;
const MINUTES = [1, 5, 15, 60];
const field = (id) => document.getElementById(id);
const digits = (text) => text.normalize("NFKC").trim();
let touched = Date.now();
const others = "BroadcastChannel" in globalThis ? new BroadcastChannel("vault") : null;
if (others) others.onmessage = () => location.reload(); // the key that another tab has is no longer the right one

export async function openPin() {
  const vault = await kept("vault");
  part("pin-set").hidden = Boolean(vault) || !canLock();
  part("pin-off").hidden = !vault;
  tell("pin-problem", canLock() ? "" : say("pin_https"));
  tell("pin-state", vault ? say("pin_is_set", { n: vault.minutes }) : "");
  for (const id of ["pin", "pin-again", "pin-old"]) field(id).value = "";
}

export async function openLocked() {
  const vault = await kept("vault");
  field("pin-typed").value = "";
  part("forgotten").hidden = !vault?.spare;
  tell("locked-problem", "");
  show("locked");
  field("pin-typed").focus();
}

screen("pin").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!part("pin-off").hidden) return turnOff(); // by what is seen: Enter presses the first button, hidden or not
  const pin = wanted("pin", "pin-again", "pin-problem");
  if (!pin) return;
  const { vault, spareKey } = await newVault(pin, Number(field("pin-minutes").value) || MINUTES[1]);
  const device = await kept("device");
  // the server is asked first: what it does not keep cannot help anybody later
  const said = await ask(`/devices/${device.device}/spare-key.json`, { key: spareKey });
  if (said.problem) delete vault.spare;
  await rekept(vault);
  others?.postMessage("");
  await openPin();
  tell("pin-state", said.problem ? `${say("pin_alone")} ${said.problem}` : say("pin_is_set", { n: vault.minutes }));
});

async function turnOff() {
  const { vault, open } = await tryPin(await kept("vault"), digits(field("pin-old").value));
  await keep("vault", vault);
  if (!open) return tell("pin-problem", say("pin_wrong"));
  await rekept(null);
  others?.postMessage("");
  await openPin();
  return tell("pin-state", say("pin_off"));
}

// What was typed twice, when it can be a PIN; else the reason is told.
function wanted(id, again, problem) {
  const pin = digits(field(id).value);
  const wrong = pin.length < LEAST_DIGITS ? say("pin_short") : pin !== digits(field(again).value) ? say("pin_differs") : "";
  tell(problem, wrong);
  if (wrong) field(id).focus();
  return wrong ? "" : pin;
}

screen("locked").addEventListener("submit", async (event) => {
  event.preventDefault();
  const before = await kept("vault");
  if (waiting(before)) return tell("locked-problem", say("pin_wait", { n: Math.ceil(waiting(before) / 1000) }));
  const { vault, open } = await tryPin(before, digits(field("pin-typed").value));
  await keep("vault", vault);
  field("pin-typed").value = "";
  if (open) return screen("locked").dispatchEvent(new Event("opened"));
  const wait = waiting(vault);
  return tell("locked-problem", wait ? say("pin_wait", { n: Math.ceil(wait / 1000) }) : say("pin_wrong"));
});

// With a signal, whoever enrolled the phone gets the spare key for their password, and sets another PIN.
screen("forgotten").addEventListener("submit", async (event) => {
  event.preventDefault();
  const pin = wanted("pin-new", "pin-new-again", "forgotten-problem");
  if (!pin) return;
  const device = await kept("device");
  const said = await ask(`/devices/${device.device}/spare-key/give.json`, { password: field("pin-password").value });
  field("pin-password").value = "";
  if (said.problem) return tell("forgotten-problem", said.problem);
  const vault = await renewPin(await kept("vault"), said.phone.key, pin);
  if (!vault) return tell("forgotten-problem", say("pin_no_fit"));
  await keep("vault", vault);
  screen("locked").dispatchEvent(new Event("opened"));
});

for (const what of ["pointerdown", "keydown"]) addEventListener(what, () => (touched = Date.now()), { passive: true });

// Loaded anew, the page has forgotten the key and everything it showed.
async function lockWhenIdle() {
  const vault = isOpen() && (await kept("vault"));
  if (vault && Date.now() - touched > vault.minutes * 60_000) location.reload();
}

setInterval(lockWhenIdle, 5_000);
document.addEventListener("visibilitychange", lockWhenIdle);

export { isLocked };
