/* Rows that are added and emptied without loading the page, and items that stay open while they hold text. */

/** The buttons of all row lists in a form. Without script the add button is an ordinary submit. */
export function startRows(form, touched) {
  for (const button of form.querySelectorAll("[data-clear-row]")) button.hidden = false;
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const clear = event.target.closest("[data-clear-row]");
    if (add) {
      event.preventDefault();
      const row = addRow(form, add.dataset.addRow);
      row?.querySelector("input, select, textarea")?.focus();
    }
    if (clear) {
      emptied(clear.closest("[data-row]"));
      clear.closest("[data-row]").querySelector("input, select, textarea")?.focus();
      touched();
    }
  });
}

/** An item whose answer changes away keeps its texts in sight when there are any. */
export function startItems(form) {
  form.addEventListener("change", (event) => {
    const item = event.target.closest("[data-item]");
    if (!item) return;
    const texts = [...item.querySelectorAll(".item__more :is(textarea, input[type=text])")];
    item.toggleAttribute("data-keep-open", texts.some((text) => text.value.trim() !== ""));
  });
}

/** Makes sure a field of a row exists, because somebody else added that row. False when there is no such field. */
export function ensureField(form, name) {
  const found = () => form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const list = name.match(/^([a-z_]+)-(\d{1,4})-/);
  if (found() || !list) return found() !== null;
  const last = form.querySelector(`[data-rows="${CSS.escape(list[1])}"] [data-row]:last-of-type`);
  if (!last) return false;
  addRow(form, list[1], Number(list[2]));
  return found() !== null;
}

/** A copy of the last row, emptied, with the next number. */
function addRow(form, list, wanted = null) {
  const rows = form.querySelectorAll(`[data-rows="${CSS.escape(list)}"] [data-row]`);
  const last = rows[rows.length - 1];
  if (!last) return null;
  const numbers = [...rows].map((row) => Number(row.dataset.row.split("-").pop()));
  const number = wanted ?? Math.max(...numbers) + 1;
  const row = last.cloneNode(true);
  renumber(row, last.dataset.row, `${list}-${number}`);
  emptied(row);
  for (const mark of row.querySelectorAll(".field__errors, .words-again, .conflict, .previous")) mark.remove();
  row.setAttribute("aria-label", `Regel ${rows.length + 1}`);
  row.querySelector(".filling-row__number").textContent = String(rows.length + 1);
  last.after(row);
  return row;
}

function renumber(row, before, after) {
  row.dataset.row = after;
  for (const part of row.querySelectorAll("*")) {
    for (const { name, value } of [...part.attributes]) {
      if (value.includes(`${before}-`)) part.setAttribute(name, value.replaceAll(`${before}-`, `${after}-`));
    }
  }
}

function emptied(row) {
  for (const control of row.querySelectorAll("input, select, textarea")) {
    if (control.type === "checkbox" || control.type === "radio") control.checked = false;
    else control.value = "";
    control.removeAttribute("aria-invalid");
  }
  for (const field of row.querySelectorAll(".field--invalid")) field.classList.remove("field--invalid");
}
