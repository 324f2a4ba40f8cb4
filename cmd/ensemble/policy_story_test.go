package main

import (
	"strings"
	"testing"

	"ensemble/models"
)

// replyStamp serves v's consent to a reply.
func (v *villain) replyStamp(reply, target any) string {
	v.n.t.Helper()
	return v.serve(object{
		"@context": activityNS, "id": v.fresh("authorizations"), "type": "ReplyAuthorization", "attributedTo": v.uri,
		"interactingObject": reply, "interactionTarget": target,
	})
}

// thread returns what p sees under the post uri.
func (p *person) thread(uri any) (all []any) {
	p.t.Helper()
	down, _ := p.get("/api/v1/statuses/" + rowID(p, uri) + "/context")["descendants"].([]any)
	for _, s := range down {
		all = append(all, s.(object)["uri"])
	}
	return all
}

func (v *villain) heardOf(verb string, uri any) (all []object) {
	for _, a := range v.told(verb) {
		if o, _ := a["object"].(object); o["id"] == uri {
			all = append(all, a)
		}
	}
	return all
}

// Mallory's server is GoToSocial here: her rules are kept, and what needs her consent
// waits for it, for its author's eyes alone.
func TestRepliesThatNeedConsent(t *testing.T) {
	for name, old := range map[string]bool{"today": false, "before requests": true} {
		t.Run(name, func(t *testing.T) {
			forgery(t, func(c *cast) {
				automatic, manual := "automaticApproval", "manualApproval"
				if old {
					automatic, manual = "always", "approvalRequired"
				}
				target := c.mallory.writes("Ask me", object{"interactionPolicy": object{
					"canReply": object{automatic: c.mallory.uri, manual: string(models.Public)},
					"canLike":  object{automatic: c.mallory.uri}, "canAnnounce": object{automatic: c.mallory.uri},
				}})
				c.publish("Create", target)
				id := rowID(c.bo, target["id"])
				for _, verb := range []string{"favourite", "reblog"} {
					if why := c.bo.refused("POST", "/api/v1/statuses/"+id+"/"+verb, nil, 403); !strings.Contains(why, "mallory") {
						t.Errorf("%s: %s", verb, why)
					}
				}
				c.cy.follows(c.bo)
				ask := func(text string) object {
					s := c.bo.says(text, object{"in_reply_to_id": id})
					expect(t, "visible as", s["visibility"], any("public"))
					expect(t, "it waits", s["approval"].(object)["state"], any("pending"))
					expect(t, "at cy's", c.cy.seen(s["uri"]) == nil, true)
					c.dee.refused("GET", "/api/v1/statuses/"+s["id"].(string), nil, 404)
					if status, _ := c.document(s["uri"].(string)); status != 404 {
						t.Errorf("strangers get %d", status)
					}
					expect(t, "threads that show it", len(c.dee.thread(target["id"])), 0)
					expect(t, "its author's", len(c.bo.thread(target["id"])), 1)
					return s
				}
				s := ask("May I?")
				var asked object
				if old {
					asked = c.mallory.heardOf("Create", s["uri"])[0]
				} else {
					asked = c.mallory.told("ReplyRequest")[0]
					inner := asked["instrument"].(object)
					expect(t, "the instrument", inner["id"], s["uri"])
					expect(t, "Creates", len(c.mallory.heardOf("Create", s["uri"])), 0)
				}
				accept := c.mallory.does("Accept", asked, object{"result": c.mallory.replyStamp(s["uri"], target["id"])})
				if old {
					accept = c.mallory.does("Accept", s["uri"], nil)
					c.mallory.serve(accept)
				}
				expect(t, "by eve", c.eve.sends(c.bo.server, c.eve.does("Accept", accept["object"], object{"result": accept["result"]})) != "applied", true)
				expect(t, "by mallory", c.mallory.sends(c.bo.server, accept), "applied")
				expect(t, "now", c.bo.get("/api/v1/statuses/" + s["id"].(string))["approval"].(object)["state"], any("accepted"))
				_, doc := c.document(s["uri"].(string))
				if old {
					expect(t, "approvedBy", doc["approvedBy"], accept["id"])
				} else {
					expect(t, "replyAuthorization", doc["replyAuthorization"], accept["result"])
				}
				for _, p := range []*person{c.dee, c.cy} {
					if got := p.thread(target["id"]); len(got) != 1 || got[0] != s["uri"] {
						t.Errorf("the thread at %s: %v", p.host, got)
					}
				}

				c.bo.one("DELETE", "/api/v1/statuses/"+s["id"].(string), nil, 200)
				s = ask("And now?")
				no := c.mallory.does("Reject", s["uri"], nil)
				if !old {
					no = c.mallory.does("Reject", c.mallory.told("ReplyRequest")[1], object{"content": "Not today."})
				}
				expect(t, "a no", c.mallory.sends(c.bo.server, no), "applied")
				got := c.bo.get("/api/v1/statuses/" + s["id"].(string))["approval"].(object)
				if got["state"] != "rejected" || got["reason"] == "" {
					t.Errorf("after the no: %v", got)
				}
				expect(t, "at cy's", c.cy.seen(s["uri"]) == nil, true)
			})
		})
	}
}

// What others answer without consent is in nobody's thread here.
func TestRepliesOfOthersWithoutConsent(t *testing.T) {
	forgery(t, func(c *cast) {
		target := c.mallory.writes("Ask me", object{"interactionPolicy": object{
			"canReply": object{"automaticApproval": c.mallory.uri, "manualApproval": string(models.Public)},
		}})
		c.publish("Create", target)
		answer := func(text string, fields object) object {
			note := c.eve.writes(text, object{"inReplyTo": target["id"]})
			for k, v := range fields {
				note[k] = v
			}
			c.eve.serve(note)
			c.eve.sends(c.cy.server, c.eve.does("Create", note, nil))
			return note
		}
		answer("Unasked", nil)
		other := c.mallory.replyStamp("https://evil.test/other", target["id"])
		answer("By another's stamp", object{"replyAuthorization": other})
		mine := answer("By my own", nil)
		answer("By my own stamp", object{"replyAuthorization": c.eve.replyStamp(mine["id"], target["id"])})
		expect(t, "in the thread", len(c.cy.thread(target["id"])), 0)
		self := c.mallory.writes("My own answer", object{"inReplyTo": target["id"]})
		c.mallory.sends(c.cy.server, c.mallory.does("Create", self, nil))
		expect(t, "in the thread, by mallory", len(c.cy.thread(target["id"])), 1)
		stamp := c.mallory.replyStamp(mine["id"], target["id"])
		mine["replyAuthorization"], mine["updated"] = stamp, c.at()
		c.eve.serve(mine)
		c.eve.sends(c.cy.server, c.eve.does("Update", mine, nil))
		expect(t, "in the thread, with the stamp", len(c.cy.thread(target["id"])), 2)
		c.mallory.on(stamp, nothing(410))
		c.mallory.sends(c.cy.server, c.mallory.does("Delete", stamp, nil))
		expect(t, "in the thread, revoked", len(c.cy.thread(target["id"])), 1)
	})
}

// Likes and boosts wait likewise, and go out with their stamps.
func TestReactionsThatNeedConsent(t *testing.T) {
	forgery(t, func(c *cast) {
		ask := object{"automaticApproval": c.mallory.uri, "manualApproval": string(models.Public)}
		target := c.mallory.writes("Ask me", object{"interactionPolicy": object{"canLike": ask, "canAnnounce": ask}})
		c.publish("Create", target)
		c.cy.follows(c.bo)
		at := "/api/v1/statuses/" + rowID(c.bo, target["id"])
		for verb, path := range map[string]string{"Like": "favourite", "Announce": "reblog"} {
			for _, yes := range []bool{false, true} {
				c.bo.post(at+"/"+path, nil)
				c.settle()
				expect(t, verb+"s before", len(c.mallory.told(verb)), 0)
				all := c.mallory.told(verb + "Request")
				asked := all[len(all)-1]
				if got := c.bo.get(at)["requests"]; got == nil {
					t.Errorf("bo does not see that it waits")
				}
				if !yes {
					c.mallory.sends(c.bo.server, c.mallory.does("Reject", asked, nil))
					s := c.bo.get(at)
					expect(t, path+" refused", s[map[string]string{"Like": "favourited", "Announce": "reblogged"}[verb]], any(false))
					continue
				}
				stamp := c.mallory.serve(object{
					"@context": activityNS, "id": c.mallory.fresh("authorizations"), "type": verb + "Authorization", "attributedTo": c.mallory.uri,
					"interactingObject": asked["instrument"].(object)["id"], "interactionTarget": target["id"],
				})
				expect(t, "the yes", c.mallory.sends(c.bo.server, c.mallory.does("Accept", asked, object{"result": stamp})), "applied")
				said := c.mallory.told(verb)
				if len(said) != 1 || said[0]["approvedBy"] != stamp || said[0][strings.ToLower(verb)+"Authorization"] != stamp {
					t.Errorf("after the yes, %s: %v", verb, said)
				}
			}
		}
		s := c.cy.seen(target["id"])
		expect(t, "boosts as cy sees them", s["reblogs_count"], any(1.0))

		mine := c.bo.says("Like me", nil)
		_, doc := c.document(mine["uri"].(string))
		for _, rule := range []string{"canLike", "canReply", "canAnnounce", "canQuote"} {
			expect(t, rule, doc["interactionPolicy"].(object)[rule].(object)["automaticApproval"], any(string(models.Public)))
		}
		reply := c.mallory.writes("Yes", object{"inReplyTo": mine["uri"]})
		for verb, what := range map[string]object{
			"Like":     c.mallory.does("Like", mine["uri"], nil),
			"Announce": c.mallory.does("Announce", mine["uri"], nil), "Reply": reply,
		} {
			before := len(c.mallory.told("Accept"))
			expect(t, verb+"Request", c.mallory.sends(c.bo.server, c.mallory.does(verb+"Request", mine["uri"], object{"instrument": what})), "applied")
			all := c.mallory.told("Accept")
			if len(all) != before+1 {
				t.Fatalf("%sRequest is not answered: %v", verb, all)
			}
			_, consent := c.document(all[before]["result"].(string))
			expect(t, "the stamp's type", consent["type"], any(verb+"Authorization"))
			expect(t, "what it is for", consent["interactingObject"], what["id"])
		}
		s = c.bo.get("/api/v1/statuses/" + mine["id"].(string))
		expect(t, "likes, boosts and replies", [3]any{s["favourites_count"], s["reblogs_count"], s["replies_count"]}, [3]any{1.0, 1.0, 1.0})
	})
}
