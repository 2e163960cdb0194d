// Taking back an entry that was not sent: the entry stays in the list, with the reason.

import { nameOf, numberOf } from "./kinds.js";
import { remove } from "./outbox.js";
import { screen, tell } from "./page.js";
import { mass, say } from "./words.js";

let wanted = null;
const field = (id) => document.getElementById(id);

export function openRemoval(entry) {
  wanted = entry;
  tell("remove-who", entry.who);
  tell("remove-number", numberOf(entry));
  tell("remove-net", entry.net_g ? mass(entry.net_g) : "");
  tell("remove-problem", "");
  field("why").value = "";
  field("why-note").value = "";
}

screen("remove").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [reason, note] = [field("why").value, field("why-note").value.trim()];
  if (!reason || (reason === "other" && !note)) {
    tell("remove-problem", say("say_why"));
    return void field(reason ? "why-note" : "why").focus();
  }
  const problem = await remove(wanted.id, reason, note);
  tell("remove-problem", problem ? say(problem === "used" && nameOf(wanted) !== "farmer" ? "remove_built_on" : `remove_${problem}`) : "");
  if (!problem) screen("remove").dispatchEvent(new Event("done"));
});
