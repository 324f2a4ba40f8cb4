// A server of one person, written with Fedify: a peer of another make for the tests.
// Usage: node peer.mjs PORT ENSEMBLE_ORIGIN
// It reads one JSON object a line, does what "do" names, and answers with one a line.
// It ends with its input.
import dns from "node:dns";
import http from "node:http";
import readline from "node:readline";

// Names below .localhost are this machine's, whatever the resolver thinks (RFC 6761 §6.3).
const lookup = dns.lookup;
dns.lookup = (host, options, done) => {
  const [opts, fn] = typeof options === "function" ? [{}, options] : [options, done];
  if (!host.endsWith(".localhost")) return lookup(host, opts, fn);
  return opts.all ? fn(null, [{ address: "127.0.0.1", family: 4 }]) : fn(null, "127.0.0.1", 4);
};

const {
  createFederation, MemoryKvStore, generateCryptoKeyPair, getAuthenticatedDocumentLoader, getDocumentLoader,
  verifyProof,
} = await import("@fedify/fedify");
const {
  Accept, Activity, Announce, Create, DataIntegrityProof, Delete, EmojiReact, Follow, Image, InteractionPolicy, InteractionRule, Like,
  Note, Object: Thing, Person, PUBLIC_COLLECTION, QuoteAuthorization, QuoteRequest, Tombstone, Undo, isActor,
} = await import("@fedify/fedify/vocab");

const [port, ensemble] = process.argv.slice(2);
const origin = `http://fay.localhost:${port}`;
const me = "fay";

const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const followers = new Map(); // actor → { id, inboxId, endpoints }
const notes = new Map();
const stamps = new Map(); // consents to quotes of notes here
const seen = [];
const problems = [];

// The namespace of Ensemble is read from the server under test; all else is built in.
const plain = getDocumentLoader({ allowPrivateAddress: true });
const contexts = (url, options) =>
  plain(url === "https://w3id.org/ensemble/v1" ? `${ensemble}/ns/ensemble/v1` : url, options);

const federation = createFederation({
  kv: new MemoryKvStore(),
  origin,
  firstKnock: "rfc9421",
  documentLoaderFactory: () => plain,
  authenticatedDocumentLoaderFactory: (identity) => getAuthenticatedDocumentLoader(identity, { allowPrivateAddress: true }),
  contextLoaderFactory: () => contexts,
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== me) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Fay of Fedify",
      summary: "<p>Another make of server</p>",
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      icon: new Image({ url: new URL(`${origin}/fay.png`), mediaType: "image/png" }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((p) => p.multikey),
    });
  })
  .setKeyPairsDispatcher((_ctx, identifier) => (identifier === me ? keys : []));

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setObjectDispatcher(Note, "/notes/{id}", (_ctx, { id }) => notes.get(`${origin}/notes/${id}`) ?? null);
federation.setObjectDispatcher(QuoteAuthorization, "/stamps/{id}", (_ctx, { id }) => stamps.get(`${origin}/stamps/${id}`) ?? null);

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Activity, async (ctx, activity) => {
    const json = await activity.toJsonLd({ contextLoader: contexts });
    seen.push({
      type: json.type, id: activity.id?.href, actor: activity.actorId?.href, object: activity.objectId?.href,
      result: activity.resultId?.href, json,
    });
    if (activity instanceof Follow) {
      const from = await activity.getActor(ctx);
      if (!isActor(from)) return;
      followers.set(from.id.href, { id: from.id, inboxId: from.inboxId, endpoints: from.endpoints });
      await ctx.sendActivity({ identifier: me }, from, new Accept({
        id: fresh("accepts"), actor: activity.objectId, object: activity, to: from.id,
      }));
    }
  })
  .on(QuoteRequest, async (ctx, request) => {
    const from = await request.getActor(ctx);
    const stamp = new QuoteAuthorization({
      id: fresh("stamps"), attribution: ctx.getActorUri(me), interactingObject: request.instrumentId, interactionTarget: request.objectId,
    });
    stamps.set(stamp.id.href, stamp);
    seen.push({ type: "QuoteRequest", id: request.id.href, actor: request.actorId.href, object: request.objectId.href, instrument: request.instrumentId?.href });
    await ctx.sendActivity({ identifier: me }, from, new Accept({
      id: fresh("accepts"), actor: ctx.getActorUri(me), object: request, result: stamp.id, to: from.id,
    }));
  })
  .onError((_ctx, error) => problems.push(String(error?.stack ?? error)))
  .setSharedKeyDispatcher(() => ({ identifier: me }));

// Everybody may quote what is written here (FEP-044f).
const everybody = new InteractionPolicy({ canQuote: new InteractionRule({ automaticApproval: PUBLIC_COLLECTION }) });

let count = 0;
const fresh = (kind) => new URL(`${origin}/${kind}/${++count}`);
const context = () => federation.createContext(new URL(origin), undefined);

// send says activity to whoever made the thing it is about, and to followers where asked.
async function send(activity, recipients) {
  await context().sendActivity({ identifier: me }, recipients, activity);
  return { id: activity.id.href };
}

const signing = () => context().getDocumentLoader({ identifier: me });

async function read(url) {
  const loader = await signing();
  const { document } = await loader(url);
  return { document, object: await Thing.fromJsonLd(document, { documentLoader: loader, contextLoader: contexts }) };
}

async function author(url) {
  const { object } = await read(url);
  if (isActor(object)) return object;
  return (await read(object.attributionId.href)).object;
}

const doing = {
  follow: async ({ actor }) => {
    const follow = new Follow({ id: fresh("follows"), actor: context().getActorUri(me), object: new URL(actor) });
    return send(follow, await author(actor));
  },
  unfollow: async ({ actor, id }) =>
    send(new Undo({
      id: fresh("undos"), actor: context().getActorUri(me),
      object: new Follow({ id: new URL(id), actor: context().getActorUri(me), object: new URL(actor) }),
    }), await author(actor)),
  like: async ({ object }) =>
    send(new Like({ id: fresh("likes"), actor: context().getActorUri(me), object: new URL(object) }), await author(object)),
  unlike: async ({ object, id }) =>
    send(new Undo({
      id: fresh("undos"), actor: context().getActorUri(me),
      object: new Like({ id: new URL(id), actor: context().getActorUri(me), object: new URL(object) }),
    }), await author(object)),
  react: async ({ object, emoji }) =>
    send(new EmojiReact({ id: fresh("reacts"), actor: context().getActorUri(me), object: new URL(object), content: emoji }), await author(object)),
  boost: async ({ object }) => {
    const to = await author(object);
    return send(new Announce({
      id: fresh("boosts"), actor: context().getActorUri(me), object: new URL(object),
      to: PUBLIC_COLLECTION, ccs: [to.id, context().getFollowersUri(me)],
    }), to);
  },
  reply: async ({ object, text }) => {
    const to = await author(object);
    const id = fresh("notes");
    const note = new Note({
      id, attribution: context().getActorUri(me), content: text, replyTarget: new URL(object),
      to: PUBLIC_COLLECTION, ccs: [to.id], published: now(),
    });
    notes.set(id.href, note);
    await send(new Create({ id: new URL(`${id}#create`), actor: note.attributionId, object: note, to: PUBLIC_COLLECTION, ccs: [to.id] }), to);
    return { id: id.href };
  },
  post: async ({ text }) => {
    const id = fresh("notes");
    const note = new Note({ id, attribution: context().getActorUri(me), content: text, interactionPolicy: everybody, to: PUBLIC_COLLECTION, cc: context().getFollowersUri(me), published: now() });
    notes.set(id.href, note);
    await send(new Create({ id: new URL(`${id}#create`), actor: note.attributionId, object: note, to: PUBLIC_COLLECTION, cc: context().getFollowersUri(me) }), [...followers.values()]);
    return { id: id.href };
  },
  remove: async ({ id, from }) => {
    notes.delete(id);
    return send(new Delete({ id: fresh("deletes"), actor: context().getActorUri(me), object: new Tombstone({ id: new URL(id) }), to: PUBLIC_COLLECTION }), await author(from));
  },
  // quote asks for a permission, FEP-044f
  quote: async ({ object, text }) => {
    const to = await author(object);
    const id = fresh("notes");
    const note = new Note({ id, attribution: context().getActorUri(me), content: text, quote: new URL(object), quoteUrl: new URL(object), to: PUBLIC_COLLECTION, published: now() });
    notes.set(id.href, note);
    const asked = await send(new QuoteRequest({ id: fresh("requests"), actor: note.attributionId, object: new URL(object), instrument: note, to: to.id }), to);
    return { id: id.href, request: asked.id };
  },
  // stamped publishes a note that quotes, with the consent that was given
  stamped: async ({ id, stamp, object }) => {
    const note = notes.get(id).clone({ quoteAuthorization: new URL(stamp) });
    notes.set(id, note);
    return send(new Create({ id: new URL(`${id}#create`), actor: note.attributionId, object: note, to: PUBLIC_COLLECTION }), await author(object));
  },
  // fetch is what a reader here sees of a document
  fetch: async ({ url }) => {
    const { document, object } = await read(url);
    return {
      document, kind: object.constructor.name, id: object.id?.href, attributions: object.attributionIds.map((u) => u.href),
      content: String(object.content ?? ""), name: String(object.name ?? ""),
    };
  },
  // prove checks the proofs of a document, and says whose keys they hold by
  prove: async ({ url, spoil }) => {
    const { document } = await (await signing())(url); // it may be of a type that Fedify does not know
    const { proof, ...rest } = document;
    const held = [];
    if (spoil) rest[spoil] = "something else";
    for (const p of [proof ?? []].flat()) {
      const parsed = await DataIntegrityProof.fromJsonLd({ "@context": p["@context"] ?? document["@context"], ...p }, { documentLoader: plain, contextLoader: contexts });
      const key = await verifyProof({ ...rest, proof: p }, parsed, { documentLoader: plain, contextLoader: contexts });
      held.push(key ? { key: key.id?.href, controller: key.controllerId?.href } : null);
    }
    return { held };
  },
  items: async ({ url }) => {
    const { object } = await read(url);
    const ids = [];
    for await (const item of context().traverseCollection(object, { documentLoader: await signing() })) ids.push(item.id?.href);
    return { total: object.totalItems, ids };
  },
  seen: () => ({ seen, followers: [...followers.keys()], problems }),
};

const now = () => Temporal.Now.instant();
globalThis.Temporal ??= (await import("@js-temporal/polyfill")).Temporal;

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = ["GET", "HEAD"].includes(request.method) ? undefined : Buffer.concat(chunks);
  const answer = await federation.fetch(new Request(`${origin}${request.url}`, { method: request.method, headers: request.headers, body }), { contextData: undefined });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
server.listen(Number(port), "127.0.0.1", () => console.log(JSON.stringify({ actor: `${origin}/users/${me}` })));

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  try {
    const request = JSON.parse(line);
    console.log(JSON.stringify(await doing[request.do](request)));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error?.stack ?? error) }));
  }
});
lines.on("close", () => process.exit(0));
