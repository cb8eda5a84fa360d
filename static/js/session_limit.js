/* Warns two minutes before the session ends, and keeps it while somebody is busy. The server holds the limit; this only tells about it.
 * Typing in any tab counts: before a warning the server is asked how much time there really is. Nothing is stored. */

const WARN_BEFORE = 120; // seconds
const LOOK_EVERY = 5_000; // milliseconds
const RENEW_EVERY = 60_000; // milliseconds between two signs of life while somebody is busy
const dialog = document.getElementById("session-limit");

const WORDS = {
  idle: ["{when} wordt u uitgelogd", "U deed een tijd niets. Bent u er nog? Dan blijft u ingelogd. Wat u typte blijft op deze pagina staan."],
  absolute: [
    "{when} moet u opnieuw inloggen",
    "U bent lang ingelogd. Log eerst opnieuw in, in een nieuw tabblad. Wat u typte blijft op deze pagina staan. Kom daarna hier terug.",
  ],
  ended: [
    "U bent uitgelogd",
    "Wat u typte staat nog op deze pagina. Log opnieuw in, in een nieuw tabblad, en kom daarna hier terug. Dan kunt u verder.",
  ],
};

let idleEnd = 0;
let absoluteEnd = 0;
let lastActivity = 0;
let lastContact = performance.now();
let hasTyped = false;
let shown = "";
let asking = false;

/** How many seconds from now. */
function take(idle, absolute) {
  const now = performance.now();
  idleEnd = now + idle * 1000;
  absoluteEnd = now + absolute * 1000;
}

/** Ask how much time there is; with POST, say that somebody is here. False when nobody is signed in any more, null without a connection. */
async function ask(method) {
  asking = true;
  try {
    const response = await fetch(dialog.dataset.url, {
      method,
      headers: { "X-Requested-With": "fetch", "X-CSRFToken": token() },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 401) return false;
    if (!response.ok) return null;
    const answer = await response.json();
    lastContact = performance.now();
    take(answer.idle, answer.absolute);
    if (answer.token !== token()) putToken(answer.token);
    return true;
  } catch {
    return null;
  } finally {
    asking = false;
  }
}

function token() {
  return dialog.querySelector("input[name=csrfmiddlewaretoken]").value;
}

/** Somebody signed in again elsewhere: the forms on this page go along. */
function putToken(fresh) {
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = fresh;
  if (document.body.hasAttribute("hx-headers")) document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
}

function show(kind) {
  if (shown === kind) return;
  if (!shown && document.querySelector("dialog[open]")) return; // another one asks already
  const [title, text] = WORDS[kind];
  const left = Math.min(idleEnd, absoluteEnd) - performance.now();
  dialog.querySelector("h2").textContent = title.replace("{when}", left > 60_000 ? "Over 2 minuten" : "Over 1 minuut");
  dialog.querySelector("p").textContent = text;
  dialog.querySelector("[data-stay]").hidden = kind !== "idle";
  dialog.querySelector("[data-again]").hidden = kind !== "absolute";
  dialog.querySelector("[data-sign-in]").hidden = kind !== "ended";
  dialog.querySelector("[data-leave]").hidden = kind !== "idle";
  dialog.classList.toggle("session-limit--ended", kind === "ended");
  shown = kind;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".button:not([hidden])").focus();
}

function hide() {
  shown = "";
  if (dialog.open) dialog.close();
}

/** Nobody is signed in any more. A page on which nothing was typed goes; what was typed stays, behind the dialog. */
function over() {
  if (hasTyped) return show("ended");
  window.location.assign(`${dialog.dataset.signInUrl}?next=${encodeURIComponent(window.location.pathname)}`);
}

async function look() {
  if (asking) return;
  const now = performance.now();
  const isBusy = lastActivity > lastContact && now - lastActivity < RENEW_EVERY * 2;
  if (shown === "" && isBusy && now - lastContact > RENEW_EVERY) {
    if ((await ask("POST")) === false) return over();
  }
  const isNear = () => Math.min(idleEnd, absoluteEnd) - performance.now() <= WARN_BEFORE * 1000;
  if (!isNear() && shown !== "ended") return hide();
  const isIn = await ask("GET");
  if (isIn === false) return over();
  if (isIn === null) return;
  if (!isNear()) return hide();
  show(absoluteEnd <= idleEnd ? "absolute" : "idle");
}

async function stay() {
  const isIn = await ask("POST");
  if (isIn === false) return over();
  if (isIn) hide();
}

function busy(event) {
  lastActivity = performance.now();
  if (event.type === "input" && !dialog.contains(event.target)) hasTyped = true;
}

take(Number(dialog.dataset.idle), Number(dialog.dataset.absolute));
for (const kind of ["input", "keydown", "pointerdown"]) document.addEventListener(kind, busy, { capture: true, passive: true });
dialog.querySelector("[data-stay]").addEventListener("click", stay);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault(); // Escape is a sign of life, where that helps
  if (shown === "idle") stay();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
window.addEventListener("pageshow", (event) => event.persisted && look());
setInterval(look, LOOK_EVERY);
