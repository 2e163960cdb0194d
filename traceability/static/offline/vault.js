// The PIN of a phone: what is secret is kept encrypted, by a key that is kept wrapped by the PIN. The open key is only in
// the memory of this page; closed, hidden for long or not touched, the page forgets it. A PIN of few digits keeps out
// whoever finds the phone, not a laboratory that copies it: for that the phone is revoked.

const ROUNDS = 600_000; // of PBKDF2, as OWASP asks for
const FREE_TRIES = 10;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3600_000;
let key = null;

export const isOpen = () => key !== null;
export const canLock = () => Boolean(globalThis.crypto?.subtle && navigator.locks);
export const shut = () => (key = null);

export class Locked extends Error {}

export async function seal(value) {
  if (!key) throw new Locked();
  return encrypted(key, new TextEncoder().encode(JSON.stringify(value)));
}

export async function unseal(sealed) {
  return JSON.parse(new TextDecoder().decode(await decrypted(key, sealed)));
}

// A new key for everything, wrapped by this PIN, and once more by a spare one that the server keeps.
export async function newVault(pin, minutes) {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const spareKey = crypto.getRandomValues(new Uint8Array(32));
  const spare = await encrypted(await imported(spareKey), bytes);
  key = await imported(bytes);
  const vault = { ...(await wrapped(bytes, pin)), spare, minutes, tries: 0, until: 0 };
  bytes.fill(0);
  return { vault, spareKey: textOf(spareKey) };
}

async function wrapped(bytes, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, rounds: ROUNDS, wrapped: await encrypted(await derived(pin, salt, ROUNDS), bytes) };
}

// How long nobody may try, in milliseconds. A clock that was set back does not make it longer than it ever is.
export const waiting = ({ until }) => Math.min(Math.max((until ?? 0) - Date.now(), 0), LONGEST_WAIT);

// The vault as it is to be kept after this try: `{vault, open}`.
export async function tryPin(vault, pin) {
  try {
    key = await imported(await decrypted(await derived(pin, vault.salt, vault.rounds), vault.wrapped));
    return { vault: { ...vault, tries: 0, until: 0 }, open: true };
  } catch {
    const tries = vault.tries + 1;
    const wait = tries < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (tries - FREE_TRIES), LONGEST_WAIT);
    return { vault: { ...vault, tries, until: wait ? Date.now() + wait : 0 }, open: false };
  }
}

// Forgotten: the spare key opens it, and a new PIN takes the place of the old one. Null where that key does not fit.
export async function renewPin(vault, spareText, pin) {
  try {
    const bytes = new Uint8Array(await decrypted(await imported(bytesOf(spareText)), vault.spare));
    key = await imported(bytes);
    return { ...vault, ...(await wrapped(bytes, pin)), tries: 0, until: 0 };
  } catch {
    return null;
  }
}

async function derived(pin, salt, rounds) {
  const typed = new TextEncoder().encode(pin.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const imported = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

async function encrypted(by, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, by, bytes) };
}

const decrypted = (by, { iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, by, data);
const textOf = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
