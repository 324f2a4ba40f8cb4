package api_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/activities/transfer"
	"ensemble/models"
	"ensemble/models/store"
)

const importShape = "id:string type:string mode:string state:string total:int done:int failed:int created_at:date finished_at:date?"

// bring has somebody import a file, and what is to be done about it done.
func (s *server) bring(who, kind, mode, data string) *answer {
	s.Helper()
	id := s.post(who, "/api/ensemble/v1/imports", url.Values{"type": {kind}, "mode": {mode}, "data": {data}}.Encode()).shaped("", importShape).
		has("finished_at", nil).str("id")
	s.work(id)
	return s.get(who, "/api/ensemble/v1/imports/"+id).shaped("", importShape)
}

func (s *server) work(id string) error {
	s.Helper()
	r := &transfer.Runner{DB: s.db, Finder: s.finder}
	return r.Run(context.Background(), transfer.Run{Import: mustID(s.T, id)})
}

func (s *server) csv(who, name string, want ...string) {
	s.Helper()
	req := httptest.NewRequest("GET", "/api/ensemble/v1/exports/"+name, nil)
	req.Header.Set("Authorization", "Bearer "+who)
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, req)
	got := w.Body.String()
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		s.Errorf("%s: %d %s", name, w.Code, w.Header().Get("Content-Type"))
	}
	if got != strings.Join(append(want, ""), "\n") {
		s.Errorf("%s of %s is %q, want %q", name, who, got, want)
	}
}

func TestWhatOneDecidedIsTakenAlong(t *testing.T) {
	each(t, func(s *server) {
		eve := s.stranger("Eve")
		s.finder.accounts["eve@two.example"] = eve
		follows := []string{"Account address,Show boosts,Notify on new posts,Languages", "Eve@two.example,false,true,\"en, fr\"", "cy@one.example,true,false,"}
		done := s.bring("bo", "following", "", strings.Join([]string{follows[0], follows[2], follows[1], "nobody@two.example,true,false,", "no@where@else", "bo,,,"}, "\n"))
		done.has("state", "finished").has("total", 5).has("done", 2).has("failed", 3).has("mode", "merge")
		s.between("bo", "Eve").has("0.requested", true).has("0.notifying", true).has("0.showing_reblogs", false).has("0.languages", "[en fr]")
		s.get("bo", "/api/ensemble/v1/imports/"+done.str("id")+"/failures").has("0.line", 4).has("0.about", "nobody@two.example").
			has("1.code", "import_no_address").has("2.error", "that is your own account").has("3", nil)
		s.csv("bo", "following.csv", follows...)
		s.csv("ada", "following.csv", follows[0])

		s.bring("bo", "muting", "merge", "Account address,Hide notifications\ncy@one.example,false\neve@two.example,true\n").has("done", 2)
		s.csv("bo", "mutes.csv", "Account address,Hide notifications", "Eve@two.example,true", "cy@one.example,false")
		s.bring("bo", "muting", "overwrite", "@cy@one.example").has("done", 1).has("mode", "overwrite")
		s.csv("bo", "mutes.csv", "Account address,Hide notifications", "cy@one.example,true")

		s.bring("bo", "lists", "merge", "Close,ada@one.example\nFar,eve@two.example\nClose,cy\n").has("done", 3)
		s.csv("bo", "lists.csv", "Close,ada@one.example", "Close,cy@one.example", "Far,Eve@two.example")
		s.between("bo", "ada").has("0.following", true)
		s.between("bo", "Eve").has("0.notifying", true) // as it was
		s.bring("bo", "lists", "overwrite", "Close,ada@one.example")
		s.csv("bo", "lists.csv", "Close,ada@one.example")

		s.bring("bo", "following", "overwrite", "Account address\nada@one.example\n")
		s.csv("bo", "following.csv", follows[0], "ada@one.example,true,false,")

		mine, cys := s.say("ada", "status=x"), s.say("cy", "status=secret&visibility=direct")
		uri := func(who, id string) string { return s.get(who, "/api/v1/statuses/"+id).str("uri") }
		a, c := uri("ada", mine), uri("cy", cys)
		s.finder.kind, s.finder.things[models.IRI(a)], s.finder.things[models.IRI(c)] = "post", mustID(t, mine), mustID(t, cys)
		s.bring("bo", "bookmarks", "merge", a+"\n"+c+"\nhttps://two.example/gone\n").has("done", 1).has("failed", 2)
		s.csv("bo", "bookmarks.csv", a)

		s.bring("bo", "blocking", "merge", "cy@one.example\n").has("done", 1)
		s.csv("bo", "blocks.csv", "cy@one.example")
		s.bring("bo", "domain_blocking", "merge", "#domain,#severity\nthree.example,x\nnot a domain\n").has("done", 1).has("failed", 1)
		s.csv("bo", "domain_blocks.csv", "three.example")
		s.bring("bo", "domain_blocking", "overwrite", "two.example")
		s.csv("bo", "domain_blocks.csv", "two.example")
		s.get("bo", "/api/ensemble/v1/imports").has("0.type", "domain_blocking")
		s.get("ada", "/api/ensemble/v1/imports").has("0", nil)
		s.ask("ada", "GET", "/api/ensemble/v1/imports/"+done.str("id"), nil).is(404)
		s.ask("ada", "GET", "/api/ensemble/v1/imports/"+done.str("id")+"/failures", nil).is(404)
	}, "ada", "bo", "cy")
}

func TestAnImportIsTakenUpWhereItWasLeft(t *testing.T) {
	each(t, func(s *server) {
		s.finder.away = true
		id := s.post("bo", "/api/ensemble/v1/imports", url.Values{"type": {"following"}, "data": {"ada\neve@two.example\ncy\n"}}.Encode()).str("id")
		for try := range 3 {
			err := s.work(id)
			if _, later := err.(store.Later); later != (try < 2) {
				t.Errorf("try %d: got %v", try, err)
			}
		}
		s.get("bo", "/api/ensemble/v1/imports/"+id).has("state", "finished").has("done", 2).has("failed", 1)
		req := httptest.NewRequest("GET", "/api/ensemble/v1/imports/"+id+"/failures", nil)
		req.Header.Set("Authorization", "Bearer bo")
		req.Header.Set("Accept-Language", "fr")
		s.send(req).is(200).has("0.line", 2).has("0.code", "import_unreachable").has("0.error", "Le serveur ne répond pas.")
		if err := s.work(id); err != nil {
			t.Error(err)
		}
		if n := len(s.get("ada", "/api/v1/notifications").body.([]any)); n != 1 {
			t.Errorf("ada was told %d times", n)
		}
		again := s.post("bo", "/api/ensemble/v1/imports", url.Values{"type": {"following"}, "mode": {"overwrite"}, "data": {"dan\n"}}.Encode()).str("id")
		s.post("bo", "/api/ensemble/v1/imports/"+again+"/stop", nil).has("state", "stopped")
		s.work(again)
		s.between("bo", "dan").has("0.following", false)
		for _, bad := range []string{"type=x&data=a", "data=a", "type=following", "type=following&data=%0A%0A", "type=following&mode=x&data=a",
			"type=following&data=" + strings.Repeat("x%0A", 20_001)} {
			s.ask("bo", "POST", "/api/ensemble/v1/imports", bad).is(422)
		}
		s.ask("bo/write:follows", "POST", "/api/ensemble/v1/imports", "type=following&data=ada").is(403)
		s.ask("bo/read:follows", "GET", "/api/ensemble/v1/exports/blocks.csv", nil).is(403)
		for range 5 {
			s.post("bo", "/api/ensemble/v1/imports", "type=following&data=ada")
		}
		s.ask("bo", "POST", "/api/ensemble/v1/imports", "type=following&data=ada").is(429)
	}, "ada", "bo", "cy", "dan")
}
