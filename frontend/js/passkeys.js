// Passkeys: the browser's ceremony between a form's options and its hidden answer.
import { say } from "./words.js";
import { everyOne } from "./parts.js";

const USED = "doorward.passkey";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// The browser wants bytes where JSON has base64url.
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function toCreate({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
      // A passkey says by itself whose it is, and checks who holds it.
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  };
}

function toGet({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: named(publicKey.allowCredentials),
    },
  };
}

function answerOf(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[part]) response[part] = text(given[part]);
  }
  if (given.getTransports) response.transports = given.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
  };
}

async function asked(form) {
  const own = form.querySelector('script[type="application/json"]');
  if (own) return JSON.parse(own.textContent);
  const reply = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(`the options did not come: ${reply.status}`);
  return reply.json();
}

async function perform(form) {
  const options = await asked(form);
  const credential =
    form.dataset.passkey === "new"
      ? await navigator.credentials.create(toCreate(options.creation_options))
      : await navigator.credentials.get(toGet(options.request_options));
  form.elements.credential.value = JSON.stringify(answerOf(credential));
  remember();
  form.submit();
}

// Whoever has used a passkey here is offered it first.
function remember() {
  try {
    localStorage.setItem(USED, "yes");
  } catch {
    // Without storage the name is asked first, as for everybody.
  }
}

function wasUsed() {
  try {
    return localStorage.getItem(USED) === "yes";
  } catch {
    return false;
  }
}

function enhance(form) {
  const fault = form.querySelector("[data-passkey-fault]");
  if (!window.PublicKeyCredential) {
    fault.textContent = say("passkeyNone");
    return;
  }
  form.hidden = false;
  if ("passkeySignIn" in form.dataset && wasUsed()) offerFirst(form);
  form.querySelector("[data-passkey-start]").addEventListener("click", (event) => {
    if (!form.reportValidity()) return;
    const button = event.currentTarget;
    button.disabled = true;
    fault.hidden = true;
    perform(form).catch((trouble) => {
      console.info("the passkey was not used", trouble);
      fault.textContent = say("passkeyFailed");
      fault.hidden = false;
      button.disabled = false;
    });
  });
}

function offerFirst(form) {
  const button = form.querySelector("[data-passkey-start]");
  button.classList.add("btn-primary");
  button.focus();
}

export function startPasskeys() {
  everyOne("[data-passkey], [data-passkey-sign-in]", enhance);
}
