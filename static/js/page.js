/* The few things a page does by itself. Every page works without this file.
 * Moves the focus to what just happened, opens dialogs, prints. Knows no data and stores nothing. */

/** Puts the reader at the first message or error that asks for it. */
function focusOnNews(root) {
  const news = root.querySelector(".error-summary[data-focus-on-load]") ?? root.querySelector("[data-focus-on-load]");
  news?.focus();
}

/** Shows the controls that only do something with JavaScript. */
function showHelpers(root) {
  for (const control of root.querySelectorAll("[data-prints], [data-opens-dialog]")) {
    control.hidden = false;
  }
}

/** An error links to a field; for a group of choices the first choice takes the focus. */
function focusField(event, link) {
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return;
  const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
  if (!field) return;
  event.preventDefault();
  field.focus();
  (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  if (opener) document.getElementById(opener.dataset.opensDialog)?.showModal();
  if (event.target.closest("[data-prints]")) window.print();
  const link = event.target.closest(".error-summary a[href^='#']");
  if (link) focusField(event, link);
});

document.addEventListener("htmx:afterSettle", (event) => {
  showHelpers(event.detail.elt);
  if (event.detail.elt.matches?.("[data-focus-on-load]")) event.detail.elt.focus();
  else focusOnNews(event.detail.elt);
});

showHelpers(document);
focusOnNews(document);
