/* What stands in a form, as plain text per field name. Reads and compares; changes one field at most when asked to. */

const NOT_TYPED = new Set(["csrfmiddlewaretoken", "seen", "then", "add_row", "do"]);

/** The text of every field that is filled; line ends as one character, as the box itself shows them. */
export function textsOf(form) {
  const texts = new Map();
  for (const [name, value] of new FormData(form)) {
    if (!NOT_TYPED.has(name) && typeof value === "string") texts.set(name, oneLineEnd(value));
  }
  return texts;
}

/** The same as the page came from the server: what somebody typed before a script was ready is not in it. */
export function servedTextsOf(form) {
  const texts = new Map();
  for (const control of form.elements) {
    if (!control.name || control.disabled || NOT_TYPED.has(control.name) || control.willValidate === undefined) continue;
    if (control.type === "submit" || control.type === "button" || control.localName === "fieldset") continue;
    if (control.type === "radio" || control.type === "checkbox") {
      if (control.defaultChecked) texts.set(control.name, control.value);
    } else if (control.localName === "select") {
      const chosen = [...control.options].filter((option) => option.defaultSelected).at(-1) ?? control.options[0];
      if (chosen) texts.set(control.name, chosen.value);
    } else if (control.localName === "textarea" || control.type === "text") {
      texts.set(control.name, oneLineEnd(control.defaultValue));
    } else {
      texts.set(control.name, oneLineEnd(control.value)); // a browser may clean a date or a number: that is nobody's typing
    }
  }
  return texts;
}

/** A text from the server, to compare with what stands in a box. */
export function oneLineEnd(text) {
  return text.replace(/\r\n?/g, "\n");
}

/** The names whose texts differ; a field that is absent is empty. */
export function differing(one, other) {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => (one.get(name) ?? "") !== (other.get(name) ?? ""));
}

/** The controls of a field; radio buttons share one name. */
export function controlsOf(form, name) {
  return [...form.elements].filter((control) => control.name === name);
}

/** Puts another text in a field. Only after the writer chose it, or when nothing was typed there. */
export function putText(form, name, text) {
  for (const control of controlsOf(form, name)) {
    if (control.type === "radio") control.checked = control.value === text;
    else if (control.type === "checkbox") control.checked = text !== "";
    else control.value = text;
  }
}

/** An answer in words: the label of a choice, else the text itself. */
export function inWords(form, name, text) {
  for (const control of controlsOf(form, name)) {
    if (control.type === "radio" && control.value === text) return control.labels[0].textContent.trim();
    if (control.type === "checkbox") return text ? "ja" : "nee";
    if (control.tagName === "SELECT") return [...control.options].find((option) => option.value === text)?.text ?? text;
  }
  return text || "(leeg)";
}

/** The words above a field. */
export function labelOf(form, name) {
  const box = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const item = box?.closest("[data-item]")?.querySelector(".item__label")?.firstChild?.textContent.trim();
  const label = box?.querySelector(".field__label, .field__legend, .choice span")?.firstChild?.textContent.trim();
  return [item, label].filter(Boolean).join(": ");
}
