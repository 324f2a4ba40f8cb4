// Signs in with a passkey (WebAuthn). Without scripts the form beside it works.
"use strict";
(() => {
  const button = document.getElementById("passkey");
  if (!button || !window.PublicKeyCredential) return;
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ask = async (path, body) => {
    const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!r.ok) throw new Error(r.status);
    return r.json();
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    const wrong = document.getElementById("passkey-wrong");
    wrong.hidden = true;
    try {
      const { handle, publicKey } = await ask("/auth/passkey/options", { second: button.dataset.second });
      publicKey.challenge = bytes(publicKey.challenge);
      for (const c of publicKey.allowCredentials || []) c.id = bytes(c.id);
      const c = await navigator.credentials.get({ publicKey });
      await ask("/auth/passkey", {
        handle,
        credential: {
          id: c.id, rawId: text(c.rawId), type: c.type,
          response: {
            authenticatorData: text(c.response.authenticatorData), clientDataJSON: text(c.response.clientDataJSON),
            signature: text(c.response.signature), userHandle: c.response.userHandle ? text(c.response.userHandle) : undefined,
          },
        },
      });
      location.assign(button.dataset.to);
    } catch {
      wrong.hidden = false;
    }
  });
})();
