// Calls every method of masto, the library of Elk and Phanpy.
import { ask, call, end, expect, origin, picture, scopes, step, until } from "./runner.mjs";
const { createRestAPIClient, createOAuthAPIClient, createStreamingAPIClient } = await import("masto");

// run calls a method by its path, in which each $ selects the next of ids. It has to
// answer with something that has this property, if one is named.
const runOn = (client) => (path, ids = [], params = undefined, has = undefined) =>
  step(path, async () => {
    const left = [...ids];
    if (left.includes(undefined)) throw Object.assign(new Error("there is none to ask about"), { statusCode: 404 });
    let at = client;
    const parts = path.split(".");
    const method = parts.pop();
    for (const part of parts) at = part === "$" ? at.$select(left.shift()) : at[part];
    const got = await (params === undefined ? at[method]() : at[method](params));
    if (has === "[]") expect(Array.isArray(got), `no list: ${JSON.stringify(got)}`);
    else if (has) expect(got?.[has] !== undefined, `without ${has}: ${JSON.stringify(got)}`);
    return got;
  });

const redirect = "urn:ietf:wg:oauth:2.0:oob";
const anybody = createRestAPIClient({ url: origin });
const app = await runOn(anybody)("v1.apps.create", [], { clientName: "Masto", redirectUris: redirect, scopes: scopes.join(" ") }, "clientId");
const { code, other } = await ask(
  `${origin}/oauth/authorize?${new URLSearchParams({ response_type: "code", client_id: app.clientId, redirect_uri: redirect, scope: scopes.join(" ") })}`,
);
const oauth = createOAuthAPIClient({ url: origin });
const token = await runOn(oauth)("token.create", [], {
  grantType: "authorization_code", clientId: app.clientId, clientSecret: app.clientSecret, redirectUri: redirect, code,
}, "accessToken");
const rest = createRestAPIClient({ url: origin, accessToken: token.accessToken });
const run = runOn(rest);
const says = (status, more) => call(other, "POST", "/api/v1/statuses", { status, ...more });

await run("v1.apps.verifyCredentials", [], undefined, "name");
const me = await run("v1.accounts.verifyCredentials", [], undefined, "source");
await run("v1.accounts.updateCredentials", [], { displayName: "Ada", note: "Hello", avatar: picture(), fieldsAttributes: [{ name: "a", value: "b" }] }, "source");
await run("v1.profile.fetch", [], undefined, "displayName");
await run("v1.profile.update", [], { displayName: "Ada L." }, "displayName");
await run("v1.profile.avatar.remove", [], undefined, "source");
await run("v1.profile.header.remove", [], undefined, "source");
const bo = await run("v1.accounts.lookup", [], { acct: "bo" }, "id");
await run("v1.accounts.fetch", [], { id: [bo.id] }, "[]");
await run("v1.accounts.$.fetch", [bo.id], undefined, "acct");
await run("v1.accounts.search.list", [], { q: "bo" }, "[]");
await run("v1.accounts.$.follow", [bo.id], { reblogs: true, notify: true, languages: ["en"] }, "following");
await run("v1.accounts.relationships.fetch", [], { id: [bo.id] }, "[]");
await run("v1.accounts.familiarFollowers.fetch", [], [bo.id], "[]");
await run("v1.accounts.$.mute", [bo.id], { duration: 60 }, "muting");
await run("v1.mutes.list", [], undefined, "[]");
await run("v1.accounts.$.unmute", [bo.id], undefined, "muting");
for (const verb of ["pin", "endorse"]) await run(`v1.accounts.$.${verb}`, [bo.id], undefined, "endorsed");
await run("v1.endorsements.list", [], undefined, "[]");
await run("v1.accounts.$.endorsements.list", [me.id], undefined, "[]");
for (const verb of ["unpin", "unendorse"]) await run(`v1.accounts.$.${verb}`, [bo.id], undefined, "endorsed");
await run("v1.accounts.$.note.create", [bo.id], { comment: "a friend" }, "note");
for (const part of ["followers", "following", "featuredTags", "lists", "statuses"]) await run(`v1.accounts.$.${part}.list`, [bo.id], undefined, "[]");
await run("v1.accounts.$.removeFromFollowers", [bo.id]);
await run("v1.domainBlocks.create", [], { domain: "bad.example" });
await run("v1.domainBlocks.list", [], undefined, "[]");
await run("v1.domainBlocks.remove", [], { domain: "bad.example" });

const posted = await run("v1.statuses.create", [], { status: "Hello #masto @bo", visibility: "public", language: "en" }, "uri");
await run("v1.statuses.fetch", [], { id: [posted.id] }, "[]");
await run("v1.statuses.$.fetch", [posted.id], undefined, "content");
await run("v1.statuses.$.update", [posted.id], { status: "Hello again #masto" }, "editedAt");
await run("v1.statuses.$.source.fetch", [posted.id], undefined, "text");
await run("v1.statuses.$.history.list", [posted.id], undefined, "[]");
await run("v1.statuses.$.context.fetch", [posted.id], undefined, "descendants");
for (const verb of ["favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "mute", "unmute", "pin", "unpin"]) {
  await run(`v1.statuses.$.${verb}`, [posted.id], undefined, "id");
}
for (const part of ["favouritedBy", "rebloggedBy", "quotes"]) await run(`v1.statuses.$.${part}.list`, [posted.id], undefined, "[]");
await run("v1.favourites.list", [], undefined, "[]");
await run("v1.bookmarks.list", [], undefined, "[]");
await run("v1.statuses.$.translate", [posted.id], { lang: "fr" }, "content");
const media = await run("v2.media.create", [], { file: picture(), description: "a square" }, "id");
await run("v1.media.$.fetch", [media.id], undefined, "meta");
await run("v1.media.$.update", [media.id], { description: "a small square", focus: "0.1,0.2" }, "description");
const theirs = await says("@ada which?", { poll: { options: ["a", "b"], expires_in: 3600 } });
await run("v1.polls.$.fetch", [theirs.poll.id], undefined, "ownVotes");
await run("v1.polls.$.votes.create", [theirs.poll.id], { choices: [0] }, "ownVotes");
const later = await step("v1.statuses.create for later", () => rest.v1.statuses.create({ status: "Later", scheduledAt: new Date(Date.now() + 3600e3).toISOString() }));
await run("v1.scheduledStatuses.list", [], undefined, "[]");
await run("v1.scheduledStatuses.$.fetch", [later.id], undefined, "params");
await run("v1.scheduledStatuses.$.update", [later.id], { scheduledAt: new Date(Date.now() + 7200e3).toISOString() }, "scheduledAt");
await run("v1.scheduledStatuses.$.remove", [later.id]);

await run("v1.timelines.home.list", [], { limit: 5 }, "[]");
await run("v1.timelines.public.list", [], { local: true }, "[]");
await run("v1.timelines.tag.$.list", ["masto"], undefined, "[]");
await run("v1.timelines.link.list", [], { url: "https://example.org/" }, "[]");
await says("@ada between us", { visibility: "direct" });
await run("v1.timelines.direct.list", [], undefined, "[]");
const [talk] = await step("v1.conversations.list", () => until(async () => { const all = await rest.v1.conversations.list(); return all.length > 0 && all; })) ?? [{}];
await run("v1.conversations.$.read", [talk.id], undefined, "unread");
await run("v1.conversations.$.unread", [talk.id], undefined, "unread");
await run("v1.conversations.$.remove", [talk.id]);
for (const verb of ["fetch", "follow", "feature", "unfeature", "unfollow"]) await run(`v1.tags.$.${verb}`, ["masto"], undefined, "name");
await run("v1.followedTags.list", [], undefined, "[]");
const featured = await run("v1.featuredTags.create", [], { name: "masto" }, "id");
await run("v1.featuredTags.list", [], undefined, "[]");
await run("v1.featuredTags.suggestions.list", [], undefined, "[]");
await run("v1.featuredTags.$.remove", [featured?.id]);

const circle = await run("v1.lists.create", [], { title: "Friends", repliesPolicy: "list" }, "id");
await run("v1.lists.list", [], undefined, "[]");
await run("v1.lists.$.fetch", [circle.id], undefined, "title");
await run("v1.lists.$.update", [circle.id], { title: "Good friends" }, "title");
await run("v1.lists.$.accounts.create", [circle.id], { accountIds: [bo.id] });
await run("v1.lists.$.accounts.list", [circle.id], undefined, "[]");
await run("v1.timelines.list.$.list", [circle.id], undefined, "[]");
await run("v1.lists.$.accounts.remove", [circle.id], { accountIds: [bo.id] });

const old = await run("v1.filters.create", [], { phrase: "spoiler", context: ["home"] }, "phrase");
await run("v1.filters.list", [], undefined, "[]");
await run("v1.filters.$.fetch", [old.id], undefined, "phrase");
await run("v1.filters.$.update", [old.id], { phrase: "spoilers", context: ["home"] }, "phrase");
await run("v1.filters.$.remove", [old.id]);
const filter = await run("v2.filters.create", [], { title: "Spoilers", context: ["home"], filterAction: "warn", keywordsAttributes: [{ keyword: "spoiler" }] }, "keywords");
await run("v2.filters.list", [], undefined, "[]");
await run("v2.filters.$.fetch", [filter.id], undefined, "title");
await run("v2.filters.$.update", [filter.id], { title: "No spoilers" }, "title");
const word = await run("v2.filters.$.keywords.create", [filter.id], { keyword: "end" }, "keyword");
await run("v2.filters.$.keywords.list", [filter.id], undefined, "[]");
await run("v2.filters.keywords.$.fetch", [word.id], undefined, "keyword");
await run("v2.filters.keywords.$.update", [word.id], { keyword: "ending" }, "keyword");
await run("v2.filters.keywords.$.remove", [word.id]);
const hidden = await run("v2.filters.$.statuses.create", [filter.id], { statusId: theirs.id }, "statusId");
await run("v2.filters.$.statuses.list", [filter.id], undefined, "[]");
await run("v2.filters.statuses.$.fetch", [hidden.id], undefined, "statusId");
await run("v2.filters.statuses.$.remove", [hidden.id]);
await run("v2.filters.$.remove", [filter.id]);

await call(other, "POST", `/api/v1/statuses/${posted.id}/favourite`);
await call(other, "POST", `/api/v1/statuses/${posted.id}/reblog`);
const told = await step("v1.notifications.list", () => until(async () => { const all = await rest.v1.notifications.list({ types: ["favourite", "reblog"] }); return all.length > 1 && all; }));
await run("v1.notifications.$.fetch", [told?.[0]?.id], undefined, "type");
await run("v1.notifications.unreadCount.fetch", [], undefined, "count");
const grouped = await run("v2.notifications.list", [], { limit: 10 }, "notificationGroups");
const key = grouped?.notificationGroups?.[0]?.groupKey;
await run("v2.notifications.$.fetch", [key], undefined, "notificationGroups");
await run("v2.notifications.$.accounts.fetch", [key], undefined, "[]");
await run("v2.notifications.unreadCount.fetch", [], undefined, "count");
await run("v2.notifications.$.dismiss", [key]);
await run("v2.notifications.policy.fetch", [], undefined, "summary");
await run("v2.notifications.policy.update", [], { forNotFollowing: "filter" }, "summary");
const wrote = await says("@ada we have not met");
const [request] = await step("v1.notifications.requests.list", () => until(async () => {
  await call(token.accessToken, "POST", `/api/v1/accounts/${bo.id}/unfollow`);
  await says("@ada we have not met");
  const all = await rest.v1.notifications.requests.list();
  return all.length > 0 && all;
})) ?? [{}];
expect(wrote.id, "no post");
await run("v1.notifications.requests.$.fetch", [request.id], undefined, "account");
await run("v1.notifications.requests.$.accept", [request.id]);
await run("v1.notifications.requests.merged.fetch", [], undefined, "merged");
await run("v1.notifications.requests.$.dismiss", [request.id]);
await run("v2.notifications.policy.update", [], { forNotFollowing: "accept" }, "summary");
await run("v1.notifications.$.dismiss", [told?.[1]?.id]);
await run("v1.notifications.clear");
const keys = { p256dh: "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8=", auth: "8eDyX_uCN0XRhSbY5hs7Hg==" };
await run("v1.push.subscription.create", [], { subscription: { endpoint: "https://push.example/1", keys }, data: { alerts: { mention: true } } }, "serverKey");
await run("v1.push.subscription.fetch", [], undefined, "endpoint");
await run("v1.push.subscription.update", [], { data: { alerts: { mention: false } } }, "alerts");
await run("v1.push.subscription.remove");
await run("v1.markers.create", [], { home: { lastReadId: posted.id } }, "home");
await run("v1.markers.fetch", [], { timeline: ["home"] }, "home");
await run("v1.preferences.fetch", [], undefined, "posting:default:visibility");

await run("v2.search.list", [], { q: "bo" }, "accounts");
await run("v1.instance.fetch", [], undefined, "uri");
await run("v2.instance.fetch", [], undefined, "apiVersions");
await run("v1.instance.peers.list", [], undefined, "[]");
await run("v1.instance.activity.list", [], undefined, "[]");
await run("v1.instance.languages.list", [], undefined, "[]");
await run("v1.instance.extendedDescription.fetch", [], undefined, "content");
await run("v1.instance.translationLanguages.list", [], undefined);
await run("v1.instance.domainBlocks.fetch", [], undefined, "[]");
await run("v1.customEmojis.list", [], undefined, "[]");
await run("v1.announcements.list", [], undefined, "[]");
await run("v1.directory.list", [], { local: true }, "[]");
for (const part of ["statuses", "links", "tags"]) await run(`v1.trends.${part}.list`, [], undefined, "[]");
await run("v1.suggestions.list", [], undefined, "[]");
await run("v2.suggestions.list", [], undefined, "[]");
await run("v1.suggestions.$.remove", [bo.id]);
await run("v1.reports.create", [], { accountId: bo.id, comment: "a test" }, "id");
await run("v1.accounts.$.block", [bo.id], undefined, "blocking");
await run("v1.blocks.list", [], undefined, "[]");
await run("v1.accounts.$.unblock", [bo.id], undefined, "blocking");
await run("v1.accounts.$.unfollow", [bo.id], undefined, "following");
await call(token.accessToken, "PATCH", "/api/v1/accounts/update_credentials", { locked: true });
const knocks = () => call(other, "POST", `/api/v1/accounts/${me.id}/follow`);
await knocks();
await run("v1.followRequests.list", [], undefined, "[]");
await run("v1.followRequests.$.reject", [bo.id], undefined, "followedBy");
await knocks();
await run("v1.followRequests.$.authorize", [bo.id], undefined, "followedBy");

// heard subscribes, has something happen, and waits for it.
const socket = await step("streaming", async () => {
  const { configuration } = await rest.v2.instance.fetch();
  return createStreamingAPIClient({ streamingApiUrl: configuration.urls.streaming, accessToken: token.accessToken });
});
const heard = (name, subscribe, event, cause) =>
  step(name, async () => {
    const channel = subscribe();
    const tries = setInterval(() => cause().catch(() => {}), 700);
    try {
      for await (const e of channel) if (e.event === event) return e;
    } finally {
      clearInterval(tries);
      channel.unsubscribe();
    }
  });
await call(token.accessToken, "POST", `/api/v1/accounts/${bo.id}/follow`);
await call(token.accessToken, "POST", `/api/v1/lists/${circle.id}/accounts`, { account_ids: [bo.id] }).catch(() => {});
const speaks = (text, more) => () => says(text, more);
await heard("streaming.user.subscribe", () => socket.user.subscribe(), "update", speaks("to my followers"));
await heard("streaming.user.notification.subscribe", () => socket.user.notification.subscribe(), "notification", speaks("@ada hello"));
await heard("streaming.public.subscribe", () => socket.public.subscribe(), "update", speaks("to everybody"));
await heard("streaming.public.local.subscribe", () => socket.public.local.subscribe(), "update", speaks("to everybody here"));
await heard("streaming.hashtag.subscribe", () => socket.hashtag.subscribe({ tag: "heard" }), "update", speaks("of #heard"));
await heard("streaming.hashtag.local.subscribe", () => socket.hashtag.local.subscribe({ tag: "heard" }), "update", speaks("of #heard here"));
await heard("streaming.list.subscribe", () => socket.list.subscribe({ list: circle.id }), "update", speaks("to a list"));
await heard("streaming.direct.subscribe", () => socket.direct.subscribe(), "conversation", speaks("@ada psst", { visibility: "direct" }));

await run("v1.lists.$.remove", [circle.id]);
await run("v1.statuses.$.remove", [posted.id], undefined, "text");
await run("v1.accounts.create", [], { username: "carla", email: "carla@example.org", password: "correct horse battery", agreement: true, locale: "en" });
await step("revoke", () => oauth.revoke({ clientId: app.clientId, clientSecret: app.clientSecret, token: token.accessToken }));
await step("a token that was revoked", async () => {
  const status = await rest.v1.accounts.verifyCredentials().then(() => 200, (e) => e.statusCode);
  expect(status === 401, `answered ${status}`);
});
end();
