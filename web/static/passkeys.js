// Makes a passkey (WebAuthn) of the form that asks for its name and the password.
const form = document.querySelector('form[data-form="passkey"]');
const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function ask(path, body) {
	const r = await fetch("/session/api/ensemble/v1/me/passkeys" + path, {
		method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
	});
	const got = await r.json();
	if (!r.ok) throw new Error(got.error);
	return got;
}

function say(words, good) {
	const p = document.createElement("p");
	p.className = good ? "notice done" : "notice wrong";
	p.setAttribute("role", good ? "status" : "alert");
	p.textContent = words;
	form.querySelector(".notice")?.remove();
	form.append(p);
}

form?.addEventListener("submit", async (e) => {
	if (!window.PublicKeyCredential) return; // the server says that a script is needed
	e.preventDefault();
	const { name, password, code } = Object.fromEntries(new FormData(form));
	try {
		const { handle, publicKey } = await ask("/options", { password, code });
		publicKey.challenge = bytes(publicKey.challenge);
		publicKey.user.id = bytes(publicKey.user.id);
		for (const c of publicKey.excludeCredentials ?? []) c.id = bytes(c.id);
		const made = await navigator.credentials.create({ publicKey });
		const { recovery_codes } = await ask("", {
			handle, name,
			credential: {
				id: made.id, rawId: text(made.rawId), type: made.type,
				response: {
					attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON),
					transports: made.response.getTransports?.() ?? [],
				},
			},
		});
		if (recovery_codes.length === 0) {
			location.assign("?done=settings");
			return;
		}
		const card = document.getElementById("new-codes");
		card.hidden = false;
		card.querySelector("ul").replaceChildren(...recovery_codes.map((c) => {
			const li = document.createElement("li");
			li.append(Object.assign(document.createElement("code"), { textContent: c }));
			return li;
		}));
		card.focus();
		form.reset();
	} catch (wrong) {
		say(wrong.message, false);
	}
});
