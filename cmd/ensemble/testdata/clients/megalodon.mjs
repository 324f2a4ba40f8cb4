// Calls every method of megalodon, the library of Whalebird and others.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ask, call, called, end, expect, origin, picture as file, scopes, step, until } from "./runner.mjs";
const { default: library, ...named } = await import("megalodon");
const { default: generator = library, detector } = { ...library, ...named };

const software = await step("detector", async () => {
  const it = await detector(origin);
  return expect(it === "mastodon" && it, `this is taken for ${it}`);
});
const nobody = generator(software ?? "mastodon", origin);
const app = await step("registerApp", () => nobody.registerApp("Megalodon", { scopes }));
await step("createApp", () => nobody.createApp("Megalodon", { scopes }));
await step("generateAuthUrl", () => nobody.generateAuthUrl(app.client_id, app.client_secret, { scope: scopes }));
const { code, other } = await ask(app.url);
const token = await step("fetchAccessToken", () => nobody.fetchAccessToken(app.client_id, app.client_secret, code));
const c = generator("mastodon", origin, token.access_token);

// picture is a file as form-data wants it: a stream that has a name.
async function picture() {
  const at = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "megalodon-")), "a.png");
  fs.writeFileSync(at, Buffer.from(await file().arrayBuffer()));
  return fs.createReadStream(at).on("close", () => fs.rmSync(path.dirname(at), { recursive: true }));
}

const list = (name, fn) =>
  step(name, async () => {
    const { data } = await fn();
    expect(Array.isArray(data), `no list: ${JSON.stringify(data)}`);
    return data;
  });
const one = (name, fn, has = "id") =>
  step(name, async () => {
    const { data } = await fn();
    expect(data && data[has] !== undefined, `without ${has}: ${JSON.stringify(data)}`);
    return data;
  });
const done = (name, fn) => step(name, async () => (await fn()).data);

await one("verifyAppCredentials", () => c.verifyAppCredentials(), "name");
const me = await one("verifyAccountCredentials", () => c.verifyAccountCredentials());
await one("updateCredentials", () => c.updateCredentials({ display_name: "Ada", note: "Hello", fields_attributes: [{ name: "a", value: "b" }], source: { privacy: "public" } }));
const bo = await one("lookupAccount", () => c.lookupAccount("bo"));
await one("getAccount", () => c.getAccount(bo.id));
await list("searchAccount", () => c.searchAccount("bo", { limit: 5 }));
await one("followAccount", () => c.followAccount(bo.id, { reblog: true }));
await one("subscribeAccount", () => c.subscribeAccount(bo.id));
await one("unsubscribeAccount", () => c.unsubscribeAccount(bo.id));
await one("muteAccount", () => c.muteAccount(bo.id, true));
await list("getMutes", () => c.getMutes({ limit: 5 }));
await one("unmuteAccount", () => c.unmuteAccount(bo.id));
await one("pinAccount", () => c.pinAccount(bo.id));
await list("getEndorsements", () => c.getEndorsements());
await one("unpinAccount", () => c.unpinAccount(bo.id));
await one("setAccountNote", () => c.setAccountNote(bo.id, "a friend"));
await one("getRelationship", () => c.getRelationship(bo.id));
await list("getRelationships", () => c.getRelationships([bo.id]));
await list("getAccountFollowers", () => c.getAccountFollowers(bo.id));
await list("getAccountFollowing", () => c.getAccountFollowing(me.id, { limit: 5 }));
await done("blockDomain", () => c.blockDomain("bad.example"));
await list("getDomainBlocks", () => c.getDomainBlocks());
await done("unblockDomain", () => c.unblockDomain("bad.example"));

const posted = await one("postStatus", () => c.postStatus("Hello #megalodon @bo", { visibility: "public", language: "en" }));
await one("getStatus", () => c.getStatus(posted.id));
await one("editStatus", () => c.editStatus(posted.id, { status: "Hello again #megalodon" }));
await one("getStatusSource", () => c.getStatusSource(posted.id), "text");
await one("getStatusContext", () => c.getStatusContext(posted.id), "ancestors");
await one("favouriteStatus", () => c.favouriteStatus(posted.id));
await list("getFavourites", () => c.getFavourites());
await list("getStatusFavouritedBy", () => c.getStatusFavouritedBy(posted.id));
await one("unfavouriteStatus", () => c.unfavouriteStatus(posted.id));
await one("reblogStatus", () => c.reblogStatus(posted.id));
await list("getStatusRebloggedBy", () => c.getStatusRebloggedBy(posted.id));
await one("unreblogStatus", () => c.unreblogStatus(posted.id));
await one("bookmarkStatus", () => c.bookmarkStatus(posted.id));
await list("getBookmarks", () => c.getBookmarks());
await one("unbookmarkStatus", () => c.unbookmarkStatus(posted.id));
await one("muteStatus", () => c.muteStatus(posted.id));
await one("unmuteStatus", () => c.unmuteStatus(posted.id));
await one("pinStatus", () => c.pinStatus(posted.id));
await one("unpinStatus", () => c.unpinStatus(posted.id));
await list("getAccountStatuses", () => c.getAccountStatuses(me.id, { exclude_replies: true }));
const media = await one("uploadMedia", async () => c.uploadMedia(await picture(), { description: "a square" }));
await one("getMedia", () => c.getMedia(media.id));
await one("updateMedia", () => c.updateMedia(media.id, { description: "a small square" }));
const asked = await done("postStatus with a poll", () => c.postStatus("Which?", { poll: { options: ["a", "b"], expires_in: 3600 } }));
await one("getPoll", () => c.getPoll(asked.poll.id));
const theirs = await call(other, "POST", "/api/v1/statuses", { status: "@ada which?", poll: { options: ["a", "b"], expires_in: 3600 } });
await one("votePoll", () => c.votePoll(theirs.poll.id, [0]));
const later = await done("postStatus for later", () => c.postStatus("Later", { scheduled_at: new Date(Date.now() + 3600e3).toISOString() }));
await list("getScheduledStatuses", () => c.getScheduledStatuses());
await one("getScheduledStatus", () => c.getScheduledStatus(later.id));
await one("scheduleStatus", () => c.scheduleStatus(later.id, new Date(Date.now() + 7200e3).toISOString()));
await done("cancelScheduledStatus", () => c.cancelScheduledStatus(later.id));

await list("getPublicTimeline", () => c.getPublicTimeline({ limit: 5 }));
await list("getLocalTimeline", () => c.getLocalTimeline());
await list("getTagTimeline", () => c.getTagTimeline("megalodon"));
await list("getHomeTimeline", () => c.getHomeTimeline());
await call(other, "POST", "/api/v1/statuses", { status: "@ada between us", visibility: "direct" });
const talks = await list("getConversationTimeline", () => until(async () => { const r = await c.getConversationTimeline(); return r.data.length > 0 && r; }));
await one("readConversation", () => c.readConversation(talks[0].id));
await done("deleteConversation", () => c.deleteConversation(talks[0].id));
await one("getTag", () => c.getTag("megalodon"), "name");
await one("followTag", () => c.followTag("megalodon"), "name");
await list("getFollowedTags", () => c.getFollowedTags());
await one("unfollowTag", () => c.unfollowTag("megalodon"), "name");

const circle = await one("createList", () => c.createList("Friends"));
await list("getLists", () => c.getLists());
await one("getList", () => c.getList(circle.id));
await one("updateList", () => c.updateList(circle.id, "Good friends"));
await done("addAccountsToList", () => c.addAccountsToList(circle.id, [bo.id]));
await list("getAccountsInList", () => c.getAccountsInList(circle.id));
await list("getAccountLists", () => c.getAccountLists(bo.id));
await list("getListTimeline", () => c.getListTimeline(circle.id));
await done("deleteAccountsFromList", () => c.deleteAccountsFromList(circle.id, [bo.id]));

const filter = await one("createFilter", () => c.createFilter("spoiler", ["home"], { irreversible: false }));
await list("getFilters", () => c.getFilters());
await one("getFilter", () => c.getFilter(filter.id));
await one("updateFilter", () => c.updateFilter(filter.id, "spoilers", ["home", "public"]));
await done("deleteFilter", () => c.deleteFilter(filter.id));
const featured = await one("createFeaturedTag", () => c.createFeaturedTag("megalodon"));
await list("getFeaturedTags", () => c.getFeaturedTags());
await list("getSuggestedTags", () => c.getSuggestedTags());
await done("deleteFeaturedTag", () => c.deleteFeaturedTag(featured.id));
await one("getPreferences", () => c.getPreferences(), "posting:default:visibility");
await list("getSuggestions", () => c.getSuggestions(5));
await done("saveMarkers", () => c.saveMarkers({ home: { last_read_id: posted.id } }));
await one("getMarkers", () => c.getMarkers(["home"]), "home");

await call(other, "POST", `/api/v1/statuses/${posted.id}/favourite`);
const told = await list("getNotifications", () => until(async () => { const r = await c.getNotifications({ limit: 10 }); return r.data.length > 0 && r; }));
await one("getNotification", () => c.getNotification(told[0].id));
await done("dismissNotification", () => c.dismissNotification(told[0].id));
await done("dismissNotifications", () => c.dismissNotifications());
const push = { endpoint: "https://push.example/1", keys: { p256dh: "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8=", auth: "8eDyX_uCN0XRhSbY5hs7Hg==" } };
await one("subscribePushNotification", () => c.subscribePushNotification(push, { alerts: { mention: true } }));
await one("getPushSubscription", () => c.getPushSubscription());
await one("updatePushSubscription", () => c.updatePushSubscription({ alerts: { mention: false } }));
await done("deletePushSubscription", () => c.deletePushSubscription());

await one("search", () => c.search("bo", { type: "accounts", resolve: false }), "accounts");
await one("getInstance", () => c.getInstance(), "uri");
await list("getInstancePeers", () => c.getInstancePeers());
await list("getInstanceActivity", () => c.getInstanceActivity());
await list("getInstanceTrends", () => c.getInstanceTrends());
await list("getInstanceDirectory", () => c.getInstanceDirectory());
await list("getInstanceCustomEmojis", () => c.getInstanceCustomEmojis());
await list("getInstanceAnnouncements", () => c.getInstanceAnnouncements());
await one("report", () => c.report(bo.id, { comment: "a test" }));
await one("blockAccount", () => c.blockAccount(bo.id));
await list("getBlocks", () => c.getBlocks());
await one("unblockAccount", () => c.unblockAccount(bo.id));
await one("unfollowAccount", () => c.unfollowAccount(bo.id));

await call(token.access_token, "PATCH", "/api/v1/accounts/update_credentials", { locked: true });
const mine = () => call(other, "POST", `/api/v1/accounts/${me.id}/follow`);
await mine();
await list("getFollowRequests", () => until(async () => { const r = await c.getFollowRequests(); return r.data.length > 0 && r; }));
await one("rejectFollowRequest", () => c.rejectFollowRequest(bo.id));
await mine();
await one("acceptFollowRequest", () => c.acceptFollowRequest(bo.id));

// heard opens a stream, has something happen, and waits for it.
const heard = (name, open, event, cause) =>
  step(name, async () => {
    const stream = await open();
    try {
      return await new Promise((ok, no) => {
        setTimeout(() => no(new Error("nothing was heard")), 10000).unref();
        stream.on("error", no);
        stream.on(event, ok);
        stream.on("connect", () => setTimeout(() => cause().catch(no), 300));
      });
    } finally {
      stream.stop();
    }
  });
const shout = (text, more) => () => call(other, "POST", "/api/v1/statuses", { status: text, ...more });
await step("streamingURL", async () => expect(/^ws/.test(await c.streamingURL()), "no address of a socket"));
await c.followAccount(bo.id);
await heard("userStreaming", () => c.userStreaming(), "update", shout("to my followers"));
await heard("publicStreaming", () => c.publicStreaming(), "update", shout("to everybody"));
await heard("localStreaming", () => c.localStreaming(), "update", shout("to everybody here"));
await heard("tagStreaming", () => c.tagStreaming("heard"), "update", shout("of #heard"));
await c.addAccountsToList(circle.id, [bo.id]).catch(() => {});
await heard("listStreaming", () => c.listStreaming(circle.id), "update", shout("to a list"));
await heard("directStreaming", () => c.directStreaming(), "conversation", shout("@ada psst", { visibility: "direct" }));

await done("deleteList", () => c.deleteList(circle.id));
await one("deleteStatus", () => c.deleteStatus(posted.id));
await step("registerAccount", () => nobody.registerAccount("carl", "carl@example.org", "correct horse battery", true, "en"));
await step("revokeToken", () => nobody.revokeToken(app.client_id, app.client_secret, token.access_token));

// These are of other servers or of the library's own, and a refresh of a token is
// not Mastodon's. Announcements have no one to read yet.
const elsewhere = ["constructor", "cancel", "urlToAccounts", "getAccountFavourites", "getIdentityProof", "readNotifications", "createEmojiReaction", "deleteEmojiReaction",
  "getEmojiReactions", "getEmojiReaction", "refreshToken", "dismissInstanceAnnouncement", "addReactionToAnnouncement", "removeReactionFromAnnouncement"];
for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(c))) {
  if (!called.has(name) && !elsewhere.includes(name)) await step(name, () => Promise.reject(new Error("the walk does not call it")));
}
end();
