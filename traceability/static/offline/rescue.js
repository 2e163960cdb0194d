// Everything unsent in one file, for the day when this phone cannot send it itself.

import { byId, inOrder, nameOf, REMOVED, resolved, SENT } from "./kinds.js";
import { entries, isoOf } from "./outbox.js";
import { part, tell } from "./page.js";
import { keep, kept } from "./store.js";
import { say } from "./words.js";

// What others build on comes first: whoever reads the file enters it from the top.
async function exported() {
  const device = await kept("device");
  const all = await entries();
  const known = byId(all);
  const open = inOrder(all).filter((entry) => entry.state !== SENT);
  const told = open.map((entry) => {
    const { id, body, state, problem, removed, who } = entry;
    return { ...resolved(body, known), client_id: id, kind: nameOf(entry), state, problem, removed, who };
  });
  return { device: device?.device, letter: device?.letter, name: device?.name, exported_at: isoOf(new Date()), entries: told };
}

document.querySelector('[data-do="export"]').addEventListener("click", async () => {
  const said = await exported();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(said, null, 1)], { type: "application/json" }));
  link.download = `unsent-${said.letter ?? ""}-${said.exported_at.slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  await keep("exporting", said.entries.filter((entry) => entry.state !== REMOVED).map((entry) => entry.client_id));
  part("export-safe").hidden = false;
});

// Somebody saw the file: from now on a revoked phone loses nothing when its clerk signs out.
document.querySelector('[data-do="is-safe"]').addEventListener("click", async () => {
  await keep("rescued", (await kept("exporting")) ?? []);
  part("export-safe").hidden = true;
  tell("send-words", say((await kept("device"))?.revoked ? "rescued_revoked" : "rescued"));
});
