/* Two people changed the same field: shows both texts at that field and lets the writer choose.
 * A field that only the other one changed gets the other text; nothing that was typed here is ever replaced by itself. */

import { ensureField } from "./filling_rows.js";
import { differing, inWords, labelOf, putText, textsOf } from "./filling_text.js";

/** Shows what must be chosen; calls `proceed` when nothing is left to choose. */
export function resolveConflict({ form, confirmed, unsure, theirs, by, sentence, proceed }) {
  for (const old of form.querySelectorAll(".conflict")) old.remove();
  const mine = textsOf(form);
  const isOwn = (name) => [confirmed, ...unsure].some((sent) => (sent.get(name) ?? "").trim() === (theirs.get(name) ?? "").trim()); // a server may trim
  const open = new Set();
  for (const name of differing(mine, theirs)) {
    if (isOwn(name)) continue; // only changed here: ours goes on top
    if (!ensureField(form, name)) continue;
    if ((mine.get(name) ?? "") === (confirmed.get(name) ?? "")) {
      putText(form, name, theirs.get(name) ?? "");
      continue;
    }
    open.add(name);
    ask(form, name, { mine: mine.get(name) ?? "", theirs: theirs.get(name) ?? "", by, sentence }, () => {
      open.delete(name);
      if (open.size === 0) proceed();
    });
  }
  if (open.size === 0) proceed();
}

function ask(form, name, { mine, theirs, by, sentence }, chosen) {
  const panel = document.getElementById("filling-conflict").content.firstElementChild.cloneNode(true);
  const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  panel.setAttribute("aria-label", `Twee teksten: ${labelOf(form, name)}`);
  panel.querySelector(".conflict__title").textContent = sentence;
  panel.querySelector("[data-mine]").textContent = inWords(form, name, mine);
  panel.querySelector("[data-whose]").textContent = `De andere tekst (${by})`;
  panel.querySelector("[data-theirs]").textContent = inWords(form, name, theirs);
  const finish = () => {
    panel.remove();
    field.querySelector("input, select, textarea")?.focus();
    chosen();
  };
  panel.querySelector("[data-keep]").addEventListener("click", finish);
  panel.querySelector("[data-take]").addEventListener("click", () => {
    putText(form, name, theirs);
    finish();
  });
  field.append(panel);
  field.closest("details")?.setAttribute("open", "");
  // What the writer goes on typing in this field is "mine" too.
  field.addEventListener("input", () => {
    panel.querySelector("[data-mine]").textContent = inWords(form, name, textsOf(form).get(name) ?? "");
  });
}
