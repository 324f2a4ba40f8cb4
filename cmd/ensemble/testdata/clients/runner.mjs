// What the walks have in common. A walk is started as: node NAME.mjs ORIGIN
// It says one JSON object a line: first {"authorize": URL}, and is told the code on its
// input; then for every method of the library {"method": NAME, "status": N, "error": WORDS},
// without an error where it was answered.
import dns from "node:dns";
import readline from "node:readline";

// Names below .localhost are this machine's, whatever the resolver thinks (RFC 6761 §6.3).
const lookup = dns.lookup;
dns.lookup = (host, options, done) => {
  const [opts, fn] = typeof options === "function" ? [{}, options] : [options, done];
  if (!host.endsWith(".localhost")) return lookup(host, opts, fn);
  return opts.all ? fn(null, [{ address: "127.0.0.1", family: 4 }]) : fn(null, "127.0.0.1", 4);
};

export const origin = process.argv[2];
export const scopes = ["read", "write", "follow", "push"];

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// ask has the person behind the test open an address, and returns what they were told.
export async function ask(url) {
  say({ authorize: url });
  return JSON.parse((await input.next()).value);
}

export const called = new Set();

// step calls one method. Whatever it throws is its outcome, and not the end.
export async function step(method, fn) {
  called.add(method);
  try {
    const late = new Promise((_, no) => setTimeout(() => no(new Error("no answer in 20 seconds")), 20000).unref());
    const got = await Promise.race([fn(), late]);
    say({ method });
    return got;
  } catch (e) {
    say({ method, status: e?.statusCode ?? e?.response?.status ?? 0, error: String(e?.message ?? e) });
    return undefined;
  }
}

// expect has an outcome that is not as it should be be an error.
export function expect(ok, what) {
  if (!ok) throw new Error(what);
  return ok;
}

export const picture = () =>
  new File(
    [Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4IReFFTEMLQkAXhlQAeZkKhAAAAAASUVORK5CYII=", "base64")],
    "a.png",
    { type: "image/png" },
  );

// call is a plain request, for what the other person does meanwhile.
export async function call(token, method, path, body) {
  const r = await fetch(origin + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${await r.text()}`);
  return r.json();
}

// until asks again until there is something.
export async function until(fn) {
  for (let i = 0; i < 100; i++) {
    const got = await fn();
    if (got) return got;
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error("it did not come about");
}

export function end() {
  say({ end: true });
  process.exit(0);
}
