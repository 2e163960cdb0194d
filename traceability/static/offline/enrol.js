// Making this phone one that may weigh in without a signal, and letting it in again after a long silence.

import { goesOn } from "./outbox.js";
import { keep, kept } from "./store.js";
import { refresh } from "./snapshot.js";
import { language, say } from "./words.js";

// Empty when it worked, else what to tell. Token and id are kept before they are sent: an answer that gets lost is
// simply asked for again.
export async function enrol(name) {
  const wish = (await kept("enrolling")) ?? { id: crypto.randomUUID(), token: newToken() };
  const asked = { ...wish, name: wish.name && wish.sent ? wish.name : name, sent: true };
  await keep("enrolling", asked);
  const said = await ask("/devices.json", { client_id: asked.id, token: asked.token, name: asked.name });
  if (said.problem) {
    if (said.decided) await keep("enrolling", undefined);
    return said.problem;
  }
  await keep("device", { ...said.phone, token: asked.token });
  await keep("enrolling", undefined);
  await navigator.storage?.persist?.();
  await refresh(language);
  return "";
}

// After signing in again the page opens with `?renew`: this phone gets a new token and goes on as the same phone. The
// new one is kept before it is sent: when the answer gets lost it is asked for again, and tried where the old one fails.
export async function renew() {
  const device = await kept("device");
  if (!device || device.locked || (device.revoked && !device.closed) || !new URLSearchParams(location.search).has("renew")) return;
  const token = device.next ?? newToken();
  await keep("device", { ...device, next: token });
  const said = await ask(`/devices/${device.device}/renew.json`, { token });
  if (said.problem) return void (await keep("trouble", { detail: said.problem }));
  await goesOn(device, token);
  await keep("trouble", null);
  history.replaceState(null, "", location.pathname);
}

// `{phone}`, or `{problem}` in words, and whether it was decided by our own server.
export async function ask(address, values) {
  try {
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(values), headers: { Accept: "application/json", "Accept-Language": language } });
    const kind = response.headers.get("Content-Type") ?? "";
    const ours = kind.startsWith(response.ok ? "application/json" : "application/problem+json");
    if (!ours) return { problem: say("not_ours", { status: response.status }) };
    const said = await response.json();
    if (response.ok) return said.device ? { phone: said } : { problem: say("not_ours", { status: response.status }) };
    return { problem: said.errors ? Object.values(said.errors).flat().join(" ") : said.detail, decided: response.status < 500 };
  } catch {
    return { problem: say("offline_now") };
  }
}

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `dv_${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}
