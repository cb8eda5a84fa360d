/* Keeps one form, a section or a page: waits until the typing rests, sends, and goes on trying until the server has it.
 * What the server has not confirmed stays in this page, in memory. It never changes what stands in a field. */

import { resolveConflict } from "./filling_conflict.js";
import { redraw, showMap, showMarks, showProblem } from "./filling_marks.js";
import { differing, oneLineEnd, servedTextsOf, textsOf } from "./filling_text.js";

const REST = 800; // milliseconds without typing
const FIRST_RETRY = 1000;
const LAST_RETRY = 15000;
const PATIENCE = 20000; // for one answer
const LARGEST_ON_LEAVING = 60000; // characters; a browser sends at most 64 KB from a page that goes
const LARGEST = 2400000;

const NOT_SAVED = "Dit kon niet worden opgeslagen.";

/** One form that keeps itself. `tell` is called when its state changes. */
export function makeSaver(form, session, tell) {
  const section = form.dataset.autosave;
  let seen = form.elements.seen.value;
  let confirmed = "unsaved" in form.dataset ? new Map() : servedTextsOf(form); // what the server holds
  let unsure = []; // what was sent without an answer: it may have arrived
  let timer = 0;
  let wait = FIRST_RETRY;
  let sending = null;
  let stopped = false; // a question is open: two texts, or signing in
  let renewed = false; // a fresh token was tried since the last answer
  let current = { kind: "", at: 0 };

  function setState(kind, more = {}) {
    current = { kind, at: Date.now(), ...more };
    tell();
  }

  const differs = () => differing(confirmed, textsOf(form)).length > 0;
  const isUnsaved = () => sending !== null || differs();

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function touched() {
    if (current.kind === "refused" || current.kind === "signed_out") stopped = false;
    if (!stopped && current.kind !== "waiting") setState(isUnsaved() ? "typing" : current.kind || "saved", { time: current.time });
    if (!stopped) later(REST);
  }

  function bodyOf(texts, more = {}) {
    return new URLSearchParams([...texts, ["seen", seen], ["csrfmiddlewaretoken", session.token()], ...Object.entries(more)]).toString();
  }

  /** Sends what stands there now; resolves when there is an answer of any kind. */
  async function save({ always = false } = {}) {
    clearTimeout(timer);
    if (sending) {
      await sending;
      return always || isUnsaved() ? save({ always }) : undefined;
    }
    if (stopped || !(always || isUnsaved())) return undefined;
    sending = send(textsOf(form));
    try {
      await sending;
    } finally {
      sending = null;
    }
    if (current.kind === "saved" && isUnsaved()) {
      setState("typing");
      later(REST);
    }
    return undefined;
  }

  async function send(texts) {
    const body = bodyOf(texts);
    if (body.length > LARGEST) return refuse("Deze tekst is te lang om te bewaren. Maak de tekst korter.", longest(texts));
    if (current.kind !== "waiting") setState("saving");
    try {
      const response = await post(body);
      return await take(response, texts);
    } catch {
      return tryAgain(texts);
    }
  }

  function post(body) {
    return fetch(form.action, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch" },
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async function take(response, texts) {
    if (response.status === 401) return askToSignIn();
    if (response.status >= 500) return tryAgain(texts);
    const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isOurs ? await response.json() : {};
    if (answer.saved) return confirm(answer, texts);
    if (response.status === 409 && answer.theirs) return compare(answer);
    if (response.status === 403 && !isOurs && !renewed) {
      renewed = true;
      await session.renewToken();
      return later(0);
    }
    if (response.status === 400 || response.status === 413) {
      return refuse(answer.sentence ?? "Deze tekst is te lang om te bewaren. Maak de tekst korter.", answer.field ?? longest(texts));
    }
    return refuse(answer.sentence ?? `${await sentenceOf(response)} Uw tekst staat nog op deze pagina. Kopieer hem als u hem wilt houden.`, answer.field);
  }

  /** Why the gate refused: a key may have been turned while somebody typed. */
  async function sentenceOf(response) {
    if (response.bodyUsed || !response.headers.get("Content-Type")?.startsWith("text/html")) return NOT_SAVED;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("[data-sentence]")?.textContent.trim() || NOT_SAVED;
  }

  function confirm(answer, texts) {
    confirmed = texts;
    unsure = [];
    renewed = false;
    wait = FIRST_RETRY;
    seen = String(answer.version);
    form.elements.seen.value = seen;
    delete form.dataset.carried;
    form.querySelector(".filling-form__carried")?.remove();
    showMarks(form, answer);
    if (answer.map) showMap(answer.map);
    redraw(answer.redraw ?? {});
    setState("saved", { time: answer.saved_at, isValid: Object.keys(answer.errors).length + answer.notes.length === 0 });
  }

  function tryAgain(texts) {
    unsure.push(texts);
    setState("waiting");
    later(wait);
    wait = Math.min(wait * 2, LAST_RETRY);
  }

  function refuse(sentence, field) {
    stopped = true;
    showProblem(form, field, sentence);
    setState("refused", { sentence });
  }

  async function askToSignIn() {
    stopped = true;
    setState("signed_out");
    session.askToSignIn().then((isBack) => {
      if (!isBack) return;
      stopped = false;
      later(0);
    });
  }

  /** Somebody saved in between. What was sent from here and arrived after all is no difference. */
  function compare(answer) {
    const theirs = new Map(Object.entries(answer.theirs).map(([name, text]) => [name, oneLineEnd(text)]));
    const proceed = () => {
      seen = String(answer.version);
      form.elements.seen.value = seen;
      confirmed = theirs;
      unsure = [];
      stopped = false;
      if (differs()) later(0);
      else setState("saved", { time: clock() });
    };
    stopped = true;
    setState("conflict", { sentence: answer.sentence });
    resolveConflict({ form, confirmed, unsure, theirs, by: answer.by, sentence: answer.sentence, proceed });
  }

  /** The page goes: what is not confirmed is sent without waiting. If the send before it arrived, the server knows that it was ours. */
  function sendWhileLeaving() {
    if (!isUnsaved() || current.kind === "conflict") return;
    const body = bodyOf(textsOf(form), sending || unsure.length ? { leaving: "1" } : {});
    if (body.length > LARGEST_ON_LEAVING) return;
    fetch(form.action, {
      method: "POST",
      body,
      keepalive: true,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch" },
    }).catch(() => {});
  }

  async function saveAndGo(event) {
    event.preventDefault();
    await save({ always: "carried" in form.dataset || form.querySelector(".field--invalid") !== null });
    if (isUnsaved() || stopped || current.kind === "waiting") return;
    if (event.submitter?.name === "do") return sendAsPage(event.submitter);
    const wrong = form.querySelector(".field--invalid :is(input, select, textarea)");
    if (wrong) wrong.focus();
    else if (form.dataset.next) window.location.assign(form.dataset.next);
  }

  /** A button that changes the shape of the form (one more function): everything is kept by now, and the server draws the page again. */
  function sendAsPage({ name, value }) {
    const asked = document.createElement("input");
    Object.assign(asked, { type: "hidden", name, value });
    form.append(asked);
    form.submit();
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", saveAndGo);
  if (differs()) later(REST); // typed before this script was ready

  return {
    form,
    section,
    touched,
    save,
    isUnsaved,
    sendWhileLeaving,
    state: () => current,
    tryNow: () => current.kind === "waiting" && later(0),
  };
}

function longest(texts) {
  return [...texts].reduce((one, other) => (other[1].length > one[1].length ? other : one), ["", ""])[0];
}

function clock() {
  return new Date().toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" });
}
