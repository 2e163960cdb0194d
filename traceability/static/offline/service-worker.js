// Keeps the pages for work without a signal on the phone, and sends what waits when the signal comes back.
// The server puts SHELL in front: the version of everything kept, the page, and the files it needs.

import { heldFor, send } from "/static/offline/outbox.js";
import { kept } from "/static/offline/store.js";

const NAME = `shell-${SHELL.version}`;

self.addEventListener("install", (event) => {
  const fresh = [SHELL.page, ...SHELL.files].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("shell-") && name !== NAME);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(address.pathname === SHELL.page ? shell(address) : page(event.request));
  else if (SHELL.files.includes(address.pathname + address.search)) event.respondWith(file(event.request));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendOrTryAgain());
});

// Failing makes the browser try again later.
async function sendOrTryAgain() {
  const wait = await heldFor();
  await new Promise((go) => setTimeout(go, wait)); // what was just saved goes with the rest
  if (!(await send(await kept("language")))) throw new Error("The server was not reached.");
}

// The page for work without a signal: from the phone at once; from the server when another language is asked for.
async function shell(address) {
  const cache = await caches.open(NAME);
  const known = await cache.match(SHELL.page);
  if (known && !address.searchParams.has("l")) return known;
  try {
    const response = await fetch(address);
    if (response.ok) await cache.put(SHELL.page, response.clone());
    return response;
  } catch {
    return known ?? Response.error();
  }
}

// Any other page comes from the server; without a signal the page for work without one opens instead.
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(SHELL.page)) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}
