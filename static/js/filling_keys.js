/* Alt with an arrow goes to the next or previous subject. Everything else is the browser's own keyboard. */

export function startKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    if (event.target.closest("select, dialog")) return; // there the keys mean something already
    const next = neighbour(root, event.target, event.key === "ArrowDown" ? 1 : -1);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.closest("[data-block], [data-field]")?.scrollIntoView({ block: "nearest" });
  });
}

/** The first control of the block after or before this one. */
function neighbour(root, from, step) {
  const blocks = [...root.querySelectorAll("form[data-autosave] [data-block], form[data-autosave] [data-field]")].filter(
    (block) => !block.parentElement.closest("[data-block], [data-field]") && block.checkVisibility(),
  );
  const here = blocks.findIndex((block) => block.contains(from));
  const block = blocks[here === -1 ? (step > 0 ? 0 : blocks.length - 1) : here + step];
  return block?.querySelector("input:checked") ?? block?.querySelector("input, select, textarea");
}
