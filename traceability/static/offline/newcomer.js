// A new farmer in three fields: usable at once, sent before the weigh-ins that are about them.

import { save, says } from "./outbox.js";
import { screen, tell } from "./page.js";
import { newcomer } from "./snapshot.js";
import { kept } from "./store.js";
import { say } from "./words.js";

const field = (id) => document.getElementById(id);
let id = "";
let again = false;

// An empty form, with what was searched for as the name; or one that was refused, to be changed.
export function openNewcomer(searched = "", refused = null) {
  id = refused?.id ?? crypto.randomUUID();
  again = Boolean(refused);
  field("new-name").value = refused?.body.name ?? (/\d/u.test(searched) ? "" : searched.trim());
  field("new-village").value = refused?.body.village ?? "";
  field("new-phone").value = refused?.body.phone ?? "";
  tell("newcomer-problem", "");
}

screen("newcomer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [name, village, phone] = ["new-name", "new-village", "new-phone"].map((one) => field(one).value.normalize("NFC").trim());
  if (!name || !village) {
    tell("newcomer-problem", say("name_and_village"));
    return void field(name ? "new-village" : "new-name").focus();
  }
  const settings = await kept("settings");
  const body = { name, village, country: settings?.country || "LA" };
  if (phone) body.phone = phone;
  try {
    const saved = await save({ kind: "farmer", id, body, net_g: 0, who: name }, "");
    if (says(saved) !== says({ kind: "farmer", body })) return void tell("newcomer-problem", say("saved_as", saved.body));
    screen("newcomer").dispatchEvent(new CustomEvent("registered", { detail: again ? null : newcomer(saved) }));
  } catch {
    tell("newcomer-problem", say("cannot_keep"));
  }
});
