/* The session behind the savers: its CSRF token, and signing in again in a dialog when it ended.
 * The password goes to the sign-in page and nowhere else. */

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

  async function signIn(form, problem) {
    await takeTokenFrom(await fetch(dialog.dataset.signInUrl));
    const data = new URLSearchParams(new FormData(form));
    data.set("csrfmiddlewaretoken", token);
    data.set("next", dialog.dataset.afterwards);
    const response = await fetch(dialog.dataset.signInUrl, { method: "POST", body: data });
    const isIn = response.ok && new URL(response.url).pathname === dialog.dataset.afterwards;
    const page = await takeTokenFrom(response.clone());
    if (isIn) return true;
    const said = page?.querySelector(".error-summary__list li") ?? page?.querySelector(".page--error .prose p");
    problem.textContent = said?.textContent.trim() || "Inloggen lukte niet. Probeer het opnieuw.";
    problem.hidden = false;
    return false;
  }

  /** Opens the dialog; resolves true when somebody signed in, false when it was put off. Asks once for all sections. */
  function askToSignIn() {
    asked ??= new Promise((resolve) => {
      const form = dialog.querySelector("form");
      const problem = dialog.querySelector("[data-problem]");
      const close = new AbortController();
      const backToTheCursor = rememberCursor();
      const done = (isBack) => {
        asked = null;
        close.abort();
        form.reset();
        problem.hidden = true;
        if (dialog.open) dialog.close();
        backToTheCursor();
        resolve(isBack);
      };
      const submit = async (event) => {
        event.preventDefault();
        try {
          if (await signIn(form, problem)) done(true);
        } catch {
          problem.textContent = "Er is geen verbinding. Probeer het zo opnieuw.";
          problem.hidden = false;
        }
      };
      form.addEventListener("submit", submit, { signal: close.signal });
      dialog.addEventListener("close", () => done(false), { signal: close.signal });
      dialog.querySelector("[data-later]").addEventListener("click", () => done(false), { signal: close.signal });
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
