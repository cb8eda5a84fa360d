/* Passkeys: asks our server what to sign, asks the browser for a finger, a face or a PIN, and sends the answer as an ordinary form.
 * Nothing is kept here. Where a browser cannot do it, the page says so and the other ways remain. */

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const withId = (row) => ({ ...row, id: toBytes(row.id) });

/** What our server asks, with bytes where the browser wants bytes. */
function readOptions(asked) {
  const options = { ...asked.publicKey, challenge: toBytes(asked.publicKey.challenge) };
  if (options.user) options.user = withId(options.user);
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (options[name]) options[name] = options[name].map(withId);
  }
  return options;
}

/** The browser's answer, as text. */
function writeAnswer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

/** Whether this browser can do it at all. */
export const canAskPasskey = () => Boolean(window.PublicKeyCredential && navigator.credentials);

/** Asks for a passkey; the answer as text for our server, or null when the page is too old to ask. */
export async function askPasskey(optionsUrl, ceremony = "get") {
  const asked = await fetch(optionsUrl, { headers: { "X-Requested-With": "fetch" } });
  if (!asked.ok || !asked.headers.get("Content-Type")?.includes("json")) return null;
  const publicKey = readOptions(await asked.json());
  return writeAnswer(await navigator.credentials[ceremony]({ publicKey }));
}

/** What went wrong, in words. */
export const whyNot = (problem) => WHY[problem.name] ?? "Dit lukte niet. Probeer het opnieuw, of kies een andere manier.";

const WHY = {
  NotAllowedError: "Het is gestopt of het duurde te lang. Probeer het opnieuw.",
  InvalidStateError: "Dit apparaat staat al klaar. U hoeft niets meer te doen.",
  SecurityError: "Op dit adres werkt het niet. Kies een andere manier.",
};

async function answer(place, form, status) {
  status.textContent = "Volg de vraag van uw apparaat.";
  try {
    const credential = await askPasskey(place.dataset.optionsUrl, place.dataset.passkey);
    if (credential === null) {
      status.textContent = "Deze pagina was te lang open. Laad de pagina opnieuw.";
      return;
    }
    form.elements.credential.value = credential;
    form.submit();
  } catch (problem) {
    status.textContent = whyNot(problem);
  }
}

for (const place of document.querySelectorAll("[data-passkey]")) {
  const form = place.querySelector("form");
  if (!canAskPasskey()) continue;
  place.querySelector("[data-unable]").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(place, form, place.querySelector("[data-status]"));
  });
}
