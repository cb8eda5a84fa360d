// The provider that the tests sign in at: the package oidc-provider on this machine, with one page on which anybody says who they are.
// Its address is printed when it listens. Clients register themselves, as a standard provider allows.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import { Provider } from "oidc-provider";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "of-the-test" }] },
  cookies: { keys: ["only for tests"] },
  acrValues: ["urn:proef:een", "urn:proef:twee", "urn:proef:pas"],
  // The address in "email" is what somebody says at the provider; nothing may be concluded from it.
  claims: { openid: ["sub", "acr", "auth_time", "email"] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false }, registration: { enabled: true }, rpInitiatedLogout: { enabled: false } },
  pkce: { required: () => true },
  findAccount: (context, subject) => ({
    accountId: subject,
    claims: () => ({ sub: subject, email: `${subject}@proef.test` }),
  }),
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(context) {
    const { client, provider: own, session } = context.oidc;
    const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Test provider</title><h1>Test provider</h1>
<form method="post"><label>Account <input name="account"></label> <label>Level <input name="acr" value="urn:proef:twee"></label>
<button>Sign in</button> <button name="stop" value="yes">Cancel</button></form></html>`;

async function interaction(request, response) {
  await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    return response.end(PAGE);
  }
  const typed = new URLSearchParams(await text(request));
  const result = typed.get("stop")
    ? { error: "access_denied", error_description: "stopped by the person" }
    : { login: { accountId: typed.get("account"), acr: typed.get("acr") } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const standard = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return standard(request, response);
  return interaction(request, response).catch((problem) => {
    response.statusCode = 500;
    response.end(problem.message);
  });
});
console.log(issuer);
