/* The session behind the savers: its CSRF token, and signing in again in a dialog when it ended, with both steps or with a passkey alone.
 * The password and the code go to the sign-in pages and nowhere else. */

import { askPasskey, canAskPasskey, whyNot } from "./passkey.js";

/** One per page. `dialog` holds the form to sign in again. */
export function makeSession(dialog) {
  let token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  let asked = null;

  /** The token that a page of ours carries; takes it over. */
  async function takeTokenFrom(response) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (!found) return null;
    token = found;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = found;
    return page;
  }

  /** A fresh token for the session as it is now. */
  async function renewToken() {
    await takeTokenFrom(await fetch(dialog.dataset.signInUrl));
  }

  /** Posts to a page of the door; "in", "code" (the second step is asked), or a sentence that says what is wrong. */
  async function knock(url, data) {
    const body = new URLSearchParams(data);
    body.set("csrfmiddlewaretoken", token);
    body.set("next", dialog.dataset.afterwards);
    const response = await fetch(url, { method: "POST", body });
    const path = new URL(response.url).pathname;
    const page = await takeTokenFrom(response.clone());
    if (response.ok && path === dialog.dataset.afterwards) return "in";
    if (response.ok && response.redirected && path === dialog.dataset.secondUrl) return "code";
    const said = page?.querySelector(".error-summary__list li, .alert--danger, .page--error .prose p");
    return said?.textContent.trim() || "Inloggen lukte niet. Probeer het opnieuw.";
  }

  /** The first step, from a door that knows of no earlier half. */
  async function signIn(form) {
    await renewToken();
    return knock(dialog.dataset.signInUrl, new FormData(form));
  }

  async function signInByPasskey() {
    await renewToken();
    const credential = await askPasskey(dialog.dataset.passkeyUrl);
    if (credential === null) return "Dit lukte niet. Kies een andere manier.";
    return knock(dialog.dataset.passkeyUrl, { credential });
  }

  /** Opens the dialog; resolves true when somebody signed in, false when it was put off. Asks once for all sections. */
  function askToSignIn() {
    asked ??= new Promise((resolve) => {
      const [first, second] = dialog.querySelectorAll("form");
      const passkey = dialog.querySelector("[data-passkey-button]");
      const close = new AbortController();
      const backToTheCursor = rememberCursor();
      const done = (isBack) => {
        asked = null;
        close.abort();
        first.reset();
        showStep(first);
        if (dialog.open) dialog.close();
        backToTheCursor();
        resolve(isBack);
      };
      const showStep = (form) => {
        for (const one of [first, second]) {
          one.hidden = one !== form;
          one.querySelector("[data-problem]").hidden = true;
        }
        second.reset();
        if (passkey) passkey.hidden = form !== first || !canAskPasskey();
      };
      const say = (form, sentence) => {
        const problem = form.querySelector("[data-problem]");
        problem.textContent = sentence;
        problem.hidden = false;
      };
      const attempt = async (form, knocking) => {
        try {
          const answer = await knocking();
          if (answer === "in") return done(true);
          if (answer !== "code") return say(form, answer);
          showStep(second);
          second.elements.code.focus();
        } catch (problem) {
          say(form, problem instanceof DOMException ? whyNot(problem) : "Er is geen verbinding. Probeer het zo opnieuw.");
        }
        return undefined;
      };
      const on = (target, kind, act) => target?.addEventListener(kind, act, { signal: close.signal });
      on(first, "submit", (event) => {
        event.preventDefault();
        attempt(first, () => signIn(first));
      });
      on(second, "submit", (event) => {
        event.preventDefault();
        attempt(second, () => knock(`${dialog.dataset.secondUrl}?met=app`, new FormData(second)));
      });
      on(passkey, "click", () => attempt(first, signInByPasskey));
      on(dialog.querySelector("[data-back]"), "click", () => done(true));
      showStep(first);
      dialog.addEventListener("close", () => done(false), { signal: close.signal });
      for (const later of dialog.querySelectorAll("[data-later]")) on(later, "click", () => done(false));
      dialog.showModal();
    });
    return asked;
  }

  return { token: () => token, renewToken, askToSignIn };
}

/** A dialog takes the cursor away; this puts it back on the same character. */
function rememberCursor() {
  const field = document.activeElement;
  const isText = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.selectionStart !== null);
  const place = isText ? [field.selectionStart, field.selectionEnd] : null;
  return () => {
    field?.focus();
    if (place) field.setSelectionRange(...place);
  };
}
