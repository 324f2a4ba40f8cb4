package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

const (
	filterShape = `id:string title:string context:list expires_at:date? filter_action:string keywords:list statuses:list`
	resultShape = `filter:object keyword_matches:list? status_matches:list?`
)

func TestFiltersAreKept(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v2/filters"
		f := s.post("ada", all, map[string]any{
			"title": "spoilers", "context": []string{"home", "public"}, "filter_action": "hide", "expires_in": 3600,
			"keywords_attributes": []map[string]any{{"keyword": "ending", "whole_word": false}, {"keyword": "finale"}},
		}).shaped("", filterShape).has("filter_action", "hide").has("context", "[home public]").has("keywords.0.whole_word", false).
			has("keywords.1.keyword", "finale").has("keywords.1.whole_word", true).has("statuses", "[]")
		one := all + "/" + f.str("id")
		form := "title=t&context[]=thread&keywords_attributes[0][keyword]=x&keywords_attributes[0][whole_word]=true&keywords_attributes[1][keyword]="
		s.post("ada", all, form).has("filter_action", "warn").has("expires_at", nil).has("keywords.0.keyword", "x").has("keywords.1", nil)
		s.get("ada", all).has("0.id", f.str("id")).has("1.title", "t").has("2", nil)
		s.get("ada", one).has("title", "spoilers")

		s.ask("ada", "PUT", one, map[string]any{"title": "no spoilers", "expires_in": nil, "keywords_attributes": []map[string]any{
			{"id": f.str("keywords.0.id"), "_destroy": true}, {"id": f.str("keywords.1.id"), "keyword": "Finale!"}, {"keyword": "new"},
		}}).is(200).has("title", "no spoilers").has("filter_action", "hide").has("expires_at", nil).
			has("keywords.0.keyword", "Finale!").has("keywords.1.keyword", "new").has("keywords.2", nil)
		k := s.post("ada", one+"/keywords", "keyword=more&whole_word=false").shaped("", "id:string keyword:string whole_word:bool")
		word := all + "/keywords/" + k.str("id")
		s.get("ada", one+"/keywords").has("2.keyword", "more")
		s.ask("ada", "PUT", word, "whole_word=true").is(200).has("keyword", "more").has("whole_word", true)
		s.get("ada", word).has("whole_word", true)
		s.ask("ada", "DELETE", word, nil).is(200)
		s.ask("ada", "GET", word, nil).is(404)

		post := s.say("bo", "status=hi")
		p := s.post("ada", one+"/statuses", "status_id="+post).shaped("", "id:string status_id:string").has("status_id", post)
		s.post("ada", one+"/statuses", "status_id="+post).has("id", p.str("id"))
		s.get("ada", one+"/statuses").has("0.status_id", post).has("1", nil)
		s.get("ada", all+"/statuses/"+p.str("id")).has("status_id", post)
		s.ask("ada", "DELETE", all+"/statuses/"+p.str("id"), nil).is(200)
		s.ask("ada", "DELETE", all+"/statuses/"+p.str("id"), nil).is(404)
		s.ask("ada", "DELETE", one, nil).is(200)
		s.ask("ada", "DELETE", one, nil).is(404)
		s.get("ada", all).has("0.title", "t").has("1", nil)
	}, "ada", "bo")
}

func TestFiltersOfOthersAndNonsense(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v2/filters"
		f := s.post("ada", all, "title=t&context[]=home&keywords_attributes[][keyword]=x")
		id, word := f.str("id"), f.str("keywords.0.id")
		secret := s.say("ada", "status=psst&visibility=direct")
		before := s.get("ada", all).raw
		for _, c := range []struct {
			who, method, path string
			body              any
			status            int
		}{
			{"bo", "GET", all + "/" + id, nil, 404},
			{"bo", "PUT", all + "/" + id, "title=mine", 404},
			{"bo", "DELETE", all + "/" + id, nil, 404},
			{"bo", "POST", all + "/" + id + "/keywords", "keyword=x", 404},
			{"bo", "PUT", all + "/keywords/" + word, "keyword=y", 404},
			{"bo", "DELETE", all + "/keywords/" + word, nil, 404},
			{"bo", "DELETE", "/api/v1/filters/" + word, nil, 404},
			{"ada", "GET", all + "/x", nil, 404},
			{"", "GET", all, nil, 401},
			{"ada/read", "POST", all, "title=t&context[]=home", 403},
			{"ada/write", "GET", all, nil, 403},
			{"ada", "POST", all, "context[]=home", 422},
			{"ada", "POST", all, "title=t", 422},
			{"ada", "POST", all, "title=t&context[]=nowhere", 422},
			{"ada", "POST", all, "title=t&context[]=home&filter_action=burn", 422},
			{"ada", "POST", all, "title=t&context[]=home&expires_in=soon", 422},
			{"ada", "POST", all, "title=" + strings.Repeat("x", 257) + "&context[]=home", 422},
			{"ada", "POST", all, "title=t&context[]=home&keywords_attributes[0][keyword]=" + strings.Repeat("x", 513), 422},
			{"ada", "POST", all, "title=t&context[]=home&keywords_attributes[0][id]=" + word, 404},
			{"ada", "POST", all, "title=t&context[]=home&keywords_attributes[0][id]=x&keywords_attributes[0][keyword]=x", 404},
			{"ada", "POST", all, "title=t&context[]=home" + strings.Repeat("&keywords_attributes[][keyword]=x", 600), 422},
			{"ada", "PUT", all + "/" + id, "context[]=", 422},
			{"ada", "POST", all + "/" + id + "/keywords", "keyword=", 422},
			{"ada", "PUT", all + "/keywords/" + word, "keyword=", 422},
			{"ada", "POST", all + "/" + id + "/statuses", "status_id=1", 422},
			{"ada", "POST", all + "/" + id + "/statuses", "", 422},
			{"ada", "POST", "/api/v1/filters", "context[]=home", 422},
			{"ada", "PUT", "/api/v1/filters/" + word, "phrase=", 422},
		} {
			s.ask(c.who, c.method, c.path, c.body).is(c.status)
		}
		g := s.post("bo", all, "title=t&context[]=home")
		s.ask("bo", "POST", all+"/"+g.str("id")+"/statuses", "status_id="+secret).is(422)
		if after := s.get("ada", all).raw; after != before {
			t.Errorf("something changed: %s, was %s", after, before)
		}
	}, "ada", "bo")
}

// matched are the words by which the filters of who match a post.
func (a *answer) matched(path string) string {
	var out []string
	results, _ := a.at(path).([]any)
	for i := range results {
		at := fmt.Sprintf("%s.%d", path, i)
		a.shaped(at, resultShape)
		out = append(out, fmt.Sprint(a.at(at+".keyword_matches"), a.at(at+".status_matches")))
	}
	return strings.Join(out, " ")
}

func TestFiltersMatchAllThatAPostSays(t *testing.T) {
	each(t, func(s *server) {
		s.follow("ada", "bo")
		s.post("ada", "/api/v2/filters", "title=t&context[]=home&filter_action=warn&keywords_attributes[0][keyword]=Dune")
		media := s.post("bo", "/api/v2/media", upload(t, "file", "description", "a poster of DUNE")).str("id")
		for form, want := range map[string]string{
			"status=I+saw+dune+today":           "[dune] <nil>",
			"status=dunes":                      "",
			"status=see+https://x.example/dune": "[dune] <nil>",
			"status=hi&spoiler_text=on+Dune":    "[Dune] <nil>",
			"status=p&poll[options][]=dUne&poll[options][]=b&poll[expires_in]=3600": "[dUne] <nil>",
			"status=m&media_ids[]=" + media:                                         "[DUNE] <nil>",
			"status=" + url.QueryEscape("<b>du</b>ne"):                              "",
		} {
			id := s.say("bo", form)
			a := s.get("ada", "/api/v1/statuses/"+id)
			if got := a.matched("filtered"); got != want {
				t.Errorf("%s: got %q, want %q", form, got, want)
			}
			s.get("bo", "/api/v1/statuses/"+id).has("filtered", "[]")
			s.get("", "/api/v1/statuses/"+id).has("filtered", "[]")
		}
		id := s.say("bo", "status=Dune")
		boost := s.post("cy", "/api/v1/statuses/"+id+"/reblog", nil).str("id")
		f := s.post("ada", "/api/v2/filters", "title=one&context[]=thread&filter_action=blur").str("id")
		s.post("ada", "/api/v2/filters/"+f+"/statuses", "status_id="+id)
		a := s.get("ada", "/api/v1/statuses/"+boost)
		want := "[Dune] <nil> <nil> [" + id + "]"
		if got := a.matched("filtered") + a.matched("reblog.filtered"); got != want+want {
			t.Errorf("a boost: got %q", got)
		}
		a.has("filtered.1.filter.filter_action", "blur").has("filtered.0.filter.keywords", nil).has("filtered.0.filter.title", "t")
		s.ask("bo", "DELETE", "/api/v1/statuses/"+id, nil).is(200)
		s.get("ada", "/api/v2/filters/"+f+"/statuses").has("0", nil)
	}, "ada", "bo", "cy")
}

// What is hidden is left out by apps: pages are as long as they were asked for, and
// lead on.
func TestHiddenPostsAreNoHoles(t *testing.T) {
	each(t, func(s *server) {
		s.follow("ada", "bo")
		plain := s.say("bo", "status=plain+%23tag")
		hidden := s.say("bo", "status=secret+%23tag+@ada")
		reply := s.say("bo", "status=a+secret+reply&in_reply_to_id="+plain)
		last := s.say("bo", "status=the+last+%23tag")
		f := s.post("ada", "/api/v2/filters", "title=t&context[]=home&filter_action=hide&keywords_attributes[][keyword]=secret").str("id")
		lists := map[string][]string{
			"/api/v1/timelines/home":                       {last, reply, hidden, plain},
			"/api/v1/timelines/tag/tag":                    {last, hidden, plain},
			"/api/v1/accounts/" + s.id("bo") + "/statuses": {last, reply, hidden, plain},
		}
		for _, where := range []string{"home", "public", "account", "thread", "notifications"} {
			s.ask("ada", "PUT", "/api/v2/filters/"+f, "filter_action=hide&context[]="+where).is(200)
			for path, want := range lists {
				s.get("ada", path).holds(want...)
				for i, page := 0, path+"?limit=1"; i < len(want); i++ {
					v := s.get("ada", page).holds(want[i])
					if want[i] == hidden {
						v.has("0.filtered.0.filter.id", f).has("0.filtered.0.filter.filter_action", "hide").has("0.filtered.0.filter.context.0", where)
					}
					page = v.next()
				}
			}
			s.get("ada", "/api/v1/statuses/"+plain+"/context").has("descendants.0.filtered.0.filter.id", f)
			s.get("ada", "/api/v1/notifications?types[]=mention").has("0.status.filtered.0.filter.id", f).has("1", nil)
		}
		s.ask("ada", "PUT", "/api/v2/filters/"+f, "context[]=home&expires_in=60").is(200)
		s.get("ada", "/api/v1/statuses/"+hidden).has("filtered.0.filter.id", f)
		s.now = s.now.Add(61e9)
		s.get("ada", "/api/v1/statuses/"+hidden).has("filtered", "[]")
		s.get("ada", "/api/v2/filters/"+f).has("title", "t")
		s.ask("ada", "DELETE", "/api/v2/filters/"+f, nil).is(200)
		s.do(func(tx *store.Tx) error {
			u, err := store.One[models.User](tx, "account_id = ?", s.people["ada"].ID)
			if err == nil && u.Filters {
				t.Error("who has no filter is still measured by them")
			}
			return err
		})
	}, "ada", "bo")
}

// next is where the Link header says that the list goes on, "" if it does not say so.
func (a *answer) next() string {
	at, _, ok := strings.Cut(a.header.Get("Link"), `>; rel="next"`)
	if !ok {
		return ""
	}
	u, err := url.Parse(at[strings.LastIndex(at, "<")+1:])
	if err != nil {
		a.Fatal(err)
	}
	return u.RequestURI()
}

func TestOldFiltersAreKeywordsOfNewOnes(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v1/filters"
		f := s.post("ada", all, map[string]any{"phrase": "rain", "context": []string{"home", "notifications"}, "irreversible": true, "whole_word": false}).
			shaped("", "id:string phrase:string context:list whole_word:bool expires_at:date? irreversible:bool").has("irreversible", true).has("whole_word", false)
		one := all + "/" + f.str("id")
		s.get("ada", "/api/v2/filters").has("0.title", "rain").has("0.filter_action", "hide").has("0.keywords.0.id", f.str("id"))
		s.ask("ada", "PUT", one, "phrase=snow&context[]=public&irreversible=false&expires_in=60").is(200).has("phrase", "snow").
			has("context", "[public]").has("irreversible", false)
		s.get("ada", one).has("phrase", "snow")
		g := s.post("ada", "/api/v2/filters", "title=two&context[]=home&keywords_attributes[0][keyword]=a&keywords_attributes[1][keyword]=b")
		s.get("ada", all).holds(f.str("id"), g.str("keywords.0.id"), g.str("keywords.1.id"))
		s.ask("ada", "PUT", all+"/"+g.str("keywords.0.id"), "phrase=c&context[]=thread").is(422)
		s.get("ada", "/api/v2/filters/"+g.str("id")).has("keywords.0.keyword", "a").has("context", "[home]")
		s.ask("ada", "DELETE", one, nil).is(200)
		s.ask("ada", "GET", one, nil).is(404)
		s.get("ada", "/api/v2/filters").has("0.id", g.str("id")).has("1", nil)
		s.ask("ada", "DELETE", all+"/"+g.str("keywords.0.id"), nil).is(200)
		s.get("ada", "/api/v2/filters").has("0.keywords.0.keyword", "b")
	}, "ada")
}
