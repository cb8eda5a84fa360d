/* Filling in a BAR, the own words, the job: keeps every form[data-autosave] while typing. The page works without this file; it only adds.
 * Ties the parts together: one saver per form, one session, one status line. Nothing typed is ever put in browser storage. */

import { startKeys } from "./filling_keys.js";
import { startItems, startRows } from "./filling_rows.js";
import { makeSaver } from "./filling_saver.js";
import { makeSession } from "./filling_session.js";
import { showStatus } from "./filling_marks.js";

const session = makeSession(document.getElementById("filling-sign-in"));
const savers = [...document.querySelectorAll("form[data-autosave]")].map((form) => makeSaver(form, session, tellStatus));

/** The line on top says the worst of all sections. */
function tellStatus() {
  const order = ["refused", "conflict", "signed_out", "waiting", "saving", "typing", "saved"];
  const states = savers.map((saver) => saver.state()).filter((state) => state.kind);
  states.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || other.at - one.at);
  showStatus(document.getElementById("filling-status"), states[0]);
}

for (const saver of savers) {
  startRows(saver.form, saver.touched);
  startItems(saver.form);
}
startKeys(document);

/** Leaving with something unsaved: it is sent while the page goes, and the browser asks. */
window.addEventListener("beforeunload", (event) => {
  if (savers.some((saver) => saver.isUnsaved())) event.preventDefault();
});

/** Going on inside the product waits for the last save, so that nobody is asked something needlessly. */
async function saveFirst(go) {
  await Promise.all(savers.map((saver) => saver.save()));
  go();
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !link?.target;
  if (!link || !isPlain || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
  if (!savers.some((saver) => saver.isUnsaved())) return;
  event.preventDefault();
  saveFirst(() => window.location.assign(link.href));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.closest("dialog") || form.dataset.autosave || !savers.some((saver) => saver.isUnsaved())) return;
  event.preventDefault();
  saveFirst(() => form.submit());
});

window.addEventListener("pagehide", () => {
  for (const saver of savers) saver.sendWhileLeaving();
});
window.addEventListener("online", () => {
  for (const saver of savers) saver.tryNow();
});
