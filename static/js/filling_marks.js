/* Shows what an answer of the server says: errors, words to look at again, the map, the status line.
 * Text nodes only, but for `redraw`: that is a template of ours, escaped by Django. An error never appears in the row somebody is typing in; it waits until they leave it. */

const latest = new WeakMap();

/** Errors and words of the last save. */
export function showMarks(form, { errors, hits, notes }) {
  if (!latest.has(form)) form.addEventListener("focusout", () => queueMicrotask(() => draw(form)));
  latest.set(form, { errors, hits });
  showNotes(form, notes);
  draw(form);
}

function draw(form) {
  const { errors, hits } = latest.get(form);
  const busy = document.hasFocus() ? document.activeElement?.closest("[data-block], [data-field]") : null;
  for (const box of form.querySelectorAll("[data-field]")) {
    const name = box.dataset.field;
    const isBusy = busy !== null && busy !== undefined && form.contains(busy) && busy.contains(box);
    const found = errors[name] ?? [];
    if (!isBusy || found.length === 0) setErrors(box, found);
    setHits(box, hits[name] ?? []);
  }
}

function fieldOf(box) {
  return box.matches(".field") ? box : box.querySelector(".field");
}

function setErrors(box, sentences) {
  const field = fieldOf(box);
  if (!field) return;
  const old = field.querySelector(".field__errors");
  const shown = [...(old?.querySelectorAll("span") ?? [])].map((line) => line.textContent);
  if (shown.join("\n") === sentences.join("\n")) return;
  old?.remove();
  field.classList.toggle("field--invalid", sentences.length > 0);
  const control = box.querySelector(".field__control, .choice");
  const described = box.querySelector("fieldset, input:not([type=radio]), select, textarea");
  const id = `id_${box.dataset.field}_error`;
  describe(described, id, sentences.length > 0);
  for (const input of box.querySelectorAll("input, select, textarea")) {
    if (sentences.length > 0) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  if (sentences.length === 0) return;
  const list = document.createElement("ul");
  list.className = "field__errors";
  list.id = id;
  list.append(...sentences.map(errorLine));
  control.before(list);
}

function errorLine(sentence) {
  const line = document.createElement("li");
  const words = document.createElement("span");
  line.className = "field__error";
  words.textContent = sentence;
  line.append(document.getElementById("filling-error").content.cloneNode(true), words);
  return line;
}

function describe(control, id, isOn) {
  if (!control) return;
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (isOn) ids.add(id);
  else ids.delete(id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}

function setHits(box, hits) {
  const old = box.querySelector("[data-words]");
  if (hits.length === 0) {
    old?.remove();
    return;
  }
  const panel = old ?? document.getElementById("filling-words").content.firstElementChild.cloneNode(true);
  panel.querySelector("ul").replaceChildren(...hits.map(hitLine));
  if (!old) box.append(panel);
}

function hitLine({ before, word, after, why }) {
  const line = document.createElement("li");
  const mark = document.createElement("mark");
  const reason = document.createElement("span");
  mark.textContent = word;
  reason.className = "words-again__why";
  reason.textContent = why;
  line.append(before, mark, `${after} `, reason);
  return line;
}

function showNotes(form, notes) {
  const list = form.querySelector("[data-notes]");
  list.hidden = notes.length === 0;
  list.replaceChildren(
    ...notes.map((sentence) => {
      const line = document.createElement("li");
      line.textContent = sentence;
      return line;
    }),
  );
}

/** A save was refused: the sentence at its field, or above the section. */
export function showProblem(form, field, sentence) {
  const box = field ? form.querySelector(`[data-field="${CSS.escape(field)}"]`) : null;
  if (box) setErrors(box, [sentence]);
  else showNotes(form, [sentence]);
}

/** The saved section in the map, and how far the whole is. */
export function showMap({ section, state, text }) {
  const links = [...document.querySelectorAll("[data-section]")];
  for (const link of links.filter((link) => link.dataset.section === section)) {
    for (const one of ["done", "open", "attention"]) link.classList.toggle(`section-map__link--${one}`, one === state);
    link.querySelector(".section-map__state").textContent = text;
  }
  const done = links.filter((link) => link.classList.contains("section-map__link--done")).length;
  document.getElementById("filling-progress").value = done;
  document.getElementById("filling-progress-text").textContent = `${done} van ${links.length} klaar`;
}

/** Parts of the page that the server drew again, such as what the employer reads of it. Never a part that can be typed in. */
export function redraw(parts) {
  for (const [id, html] of Object.entries(parts)) {
    const drawn = new DOMParser().parseFromString(html, "text/html").getElementById(id);
    document.getElementById(id)?.replaceWith(drawn);
  }
}

const WORDS = {
  typing: "Nog niet opgeslagen.",
  saving: "Bezig met opslaan.",
  waiting: "Nog niet opgeslagen. We proberen het opnieuw.",
  signed_out: "Nog niet opgeslagen. U bent uitgelogd.",
};
const QUIET = new Set(["typing", "saving"]); // while typing, the last line stays: nothing blinks

/** The line on top: saved, waiting, or what must be chosen. */
export function showStatus(line, state) {
  if (!line || !state || QUIET.has(state.kind)) return;
  const isSaved = state.kind === "saved";
  const text = isSaved ? savedText(state) : (state.sentence ?? WORDS[state.kind]);
  if (!text || line.textContent.trim() === text) return;
  line.classList.toggle("saved-status--waiting", !isSaved);
  line.replaceChildren(document.getElementById(isSaved ? "filling-saved" : "filling-waiting").content.cloneNode(true), text);
}

function savedText({ time, isValid }) {
  if (!time) return "";
  return isValid === false ? `Opgeslagen om ${time}. Er klopt nog iets niet.` : `Opgeslagen om ${time}`;
}
