package oauth_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/legal"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

func (s *server) setting(name, value string) {
	s.Helper()
	s.tx(func(tx *store.Tx) error {
		if name == account.SettingRegistrations { // nobody comes in without
			if err := legal.Fill(tx, legal.Sample); err != nil {
				return err
			}
		}
		return store.Put(tx, &models.Setting{Name: name, Value: value})
	})
}

// appToken is an app's own.
func (s *server) appToken(a app) string {
	s.Helper()
	return s.send(http.DefaultClient, "POST", "/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}, "scope": {"read write"},
	}).field("access_token")
}

func newcomer(changes ...string) url.Values {
	return with(url.Values{
		"username": {"zoe"}, "email": {"Zoe@two.example"}, "password": {"a long password"}, "agreement": {"true"}, "locale": {"fr"},
	}, changes...)
}

// mails returns what was written to an address, the oldest first.
func (s *server) mails(to string) (rows []*models.Mail) {
	s.Helper()
	s.tx(func(tx *store.Tx) (err error) {
		rows, err = store.Find[models.Mail](tx, "recipient = ? ORDER BY id", to)
		return err
	})
	return rows
}

// link returns the last one that was sent to an address.
func (s *server) link(to, path string) string {
	s.Helper()
	all := s.mails(to)
	if len(all) == 0 {
		s.Fatalf("no mail to %s", to)
	}
	found := regexp.MustCompile(regexp.QuoteMeta(s.origin+path) + `\S*`).FindString(all[len(all)-1].Plain)
	if found == "" {
		s.Fatalf("no link to %s in %s", path, all[len(all)-1].Plain)
	}
	return strings.TrimPrefix(found, s.origin)
}

// follow opens a link and presses the button.
func (s *server) follow(b *http.Client, link string) answer {
	s.Helper()
	page := s.send(b, "GET", link, nil)
	path, _, _ := strings.Cut(link, "?")
	return s.send(b, "POST", path, hidden(page.body))
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

// Somebody signs up with an app: the token acts once the address is confirmed, and
// only then does anybody see them.
func TestSignUpWithAnApp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		s.setting("registrations", "open")
		a := s.register("read write")
		got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(), bearer(s.appToken(a))...)
		if got.status != 200 || got.field("token_type") != "Bearer" || got.field("scope") != "read write" || !strings.Contains(got.body, `"created_at":`) {
			t.Fatalf("sign up: %d %s", got.status, got.body)
		}
		mine := bearer(got.field("access_token"))
		ask := func(method, path string, form url.Values) answer {
			return s.send(http.DefaultClient, method, path, form, mine...)
		}
		if got := ask("GET", "/mine", nil); got.status != 403 || got.field("error") != "Your login is missing a confirmed e-mail address" {
			t.Errorf("before the confirmation: %d %s", got.status, got.body)
		}
		if got := ask("GET", "/api/v1/emails/check_confirmation", nil); got.status != 200 || got.body != "false" {
			t.Errorf("check: %d %s", got.status, got.body)
		}
		first := s.link("zoe@two.example", "/auth/confirmation")
		if m := s.mails("zoe@two.example"); len(m) != 1 || !strings.Contains(m[0].Subject, "confirmez") {
			t.Errorf("mails: %+v", m)
		}
		if got := ask("POST", "/api/v1/emails/confirmations", url.Values{"email": {"zoe@three.example"}}); got.status != 200 || got.body != "{}" {
			t.Errorf("to another address: %d %s", got.status, got.body)
		}
		if got := ask("POST", "/api/v1/emails/confirmations", url.Values{"email": {"no address"}}); got.status != 422 {
			t.Errorf("to no address: %d %s", got.status, got.body)
		}
		if got := s.follow(s.browser(), first); got.status == 200 {
			t.Errorf("an older link works: %d", got.status)
		}
		link := s.link("zoe@three.example", "/auth/confirmation")
		for range 2 { // a mail program looks
			if got := s.send(s.browser(), "GET", link, nil); got.status != 200 || ask("GET", "/mine", nil).status != 403 {
				t.Errorf("looking at the link: %d", got.status)
			}
		}
		if got := s.follow(s.browser(), link); got.status != 200 || !strings.Contains(got.body, "Welcome") {
			t.Errorf("confirm: %d %s", got.status, got.body)
		}
		if got := s.follow(s.browser(), link); got.status != 410 {
			t.Errorf("the link again: %d", got.status)
		}
		if got := ask("GET", "/mine", nil); got.status != 200 || got.body != `"zoe"` {
			t.Errorf("after the confirmation: %d %s", got.status, got.body)
		}
		if got := ask("GET", "/api/v1/emails/check_confirmation", nil); got.body != "true" {
			t.Errorf("check: %s", got.body)
		}
		if got := ask("POST", "/api/v1/emails/confirmations", nil); got.status != 403 {
			t.Errorf("once more: %d %s", got.status, got.body)
		}
		for _, login := range []string{"zoe", "ZOE@three.example"} {
			got := s.send(s.browser(), "POST", "/auth/sign_in", url.Values{"login": {login}, "password": {"a long password"}, "decision": {"sign_in"}})
			if got.status != 303 {
				t.Errorf("sign in as %s: %d %s", login, got.status, got.body)
			}
		}
		s.tx(func(tx *store.Tx) error {
			up, err := store.One[models.SignUp](tx, "true")
			if up.Email+up.Address+up.Reason != "" || up.DoneAt == nil {
				t.Errorf("what is kept of the sign-up: %+v", up)
			}
			return err
		})
	})
}

// What will not do is told as Mastodon tells it, all at once, and nothing is kept.
func TestSignUpsThatWillNotDo(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	s.setting("registrations", "approval")
	s.setting("registrations.reason", "required")
	s.setting("registrations.min_age", "16")
	s.tx(func(tx *store.Tx) error {
		_, err := account.BlockEmails(tx, "throwaway.example", false)
		return err
	})
	token := bearer(s.appToken(s.register("read write")))
	good := []string{"reason", "I like it", "date_of_birth", "2000-02-29"}
	for _, c := range []struct {
		name          string
		changes       []string
		field, code   string
		status        int
		authorization []string
	}{
		{"no name", []string{"username", ""}, "username", "ERR_BLANK", 422, token},
		{"a name with a dot", []string{"username", "z.oe"}, "username", "ERR_INVALID", 422, token},
		{"a long name", []string{"username", strings.Repeat("z", 31)}, "username", "ERR_TOO_LONG", 422, token},
		{"a reserved name", []string{"username", "Support"}, "username", "ERR_RESERVED", 422, token},
		{"a name that is taken", []string{"username", "ALICE"}, "username", "ERR_TAKEN", 422, token},
		{"no address", []string{"email", ""}, "email", "ERR_BLANK", 422, token},
		{"an address with a header", []string{"email", "a@b.example\r\nBcc: c@d.example"}, "email", "ERR_INVALID", 422, token},
		{"a blocked provider", []string{"email", "a@mail.Throwaway.example"}, "email", "ERR_BLOCKED", 422, token},
		{"no password", []string{"password", ""}, "password", "ERR_BLANK", 422, token},
		{"a short password", []string{"password", "seven77"}, "password", "ERR_TOO_SHORT", 422, token},
		{"no agreement", []string{"agreement", "false"}, "agreement", "ERR_ACCEPTED", 422, token},
		{"no reason", []string{"reason", "  "}, "reason", "ERR_BLANK", 422, token},
		{"a long reason", []string{"reason", strings.Repeat("é", 1001)}, "reason", "ERR_TOO_LONG", 422, token},
		{"no date of birth", []string{"date_of_birth", ""}, "date_of_birth", "ERR_BLANK", 422, token},
		{"no date", []string{"date_of_birth", "yesterday"}, "date_of_birth", "ERR_INVALID", 422, token},
		{"a day too young", []string{"date_of_birth", "2010-01-03"}, "date_of_birth", "ERR_BELOW_LIMIT", 422, token},
		{"no token", nil, "", "", 401, nil},
	} {
		got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(append(append([]string{}, good...), c.changes...)...), c.authorization...)
		if got.status != c.status || c.code != "" && (!strings.Contains(got.body, `"`+c.field+`":[{"error":"`+c.code+`"`) || !strings.HasPrefix(got.field("error"), "Validation failed: ")) {
			t.Errorf("%s: got %d %s", c.name, got.status, got.body)
		}
	}
	s.tx(func(tx *store.Tx) error {
		n, err := store.Count[models.SignUp](tx, "true")
		if n != 0 {
			t.Errorf("%d sign-ups are kept", n)
		}
		return err
	})
	if got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(append(good, "date_of_birth", "2010-01-02")...), token...); got.status != 200 {
		t.Errorf("on the birthday: %d %s", got.status, got.body)
	}
	s.tx(func(tx *store.Tx) error {
		u, err := store.One[models.User](tx, "email LIKE '?%'")
		if u.DuetPolicy != models.QuoteNobody {
			t.Errorf("duets of a sixteen-year-old: %q", u.DuetPolicy)
		}
		return err
	})
}

// An address that has an account is answered like any other; only its owner is told.
func TestSignUpTellsNobodyWhoIsHere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		s.setting("registrations", "open")
		token := bearer(s.appToken(s.register("read write")))
		here := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer("username", "one", "email", "alice@one.example"), token...)
		gone := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer("username", "two", "email", "nobody@one.example"), token...)
		same := regexp.MustCompile(`"access_token":"[A-Z2-7]+"`)
		if here.status != 200 || same.ReplaceAllString(here.body, "") != same.ReplaceAllString(gone.body, "") {
			t.Errorf("told apart: %d %s and %d %s", here.status, here.body, gone.status, gone.body)
		}
		m := s.mails("alice@one.example")
		if len(m) != 1 || m[0].Kind != "taken" || strings.Contains(m[0].Plain, "confirmation_token") || !strings.Contains(m[0].Plain, "@alice@") {
			t.Errorf("alice is told: %+v", m)
		}
		// Two who wait with one address: the first to confirm has it.
		s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer("username", "three", "email", "nobody@one.example"), token...)
		all := s.mails("nobody@one.example")
		links := []string{}
		for _, m := range all {
			links = append(links, regexp.MustCompile(`/auth/confirmation\S+`).FindString(m.Plain))
		}
		if got := s.follow(s.browser(), links[1]); got.status != 200 {
			t.Fatalf("confirm: %d %s", got.status, got.body)
		}
		if got := s.follow(s.browser(), links[0]); got.status != 410 {
			t.Errorf("the second: %d %s", got.status, got.body)
		}
		// Who never confirms is forgotten, and the name is free.
		s.clock.add(4 * 24 * time.Hour)
		s.tx(account.Forget)
		s.tx(func(tx *store.Tx) error {
			names, err := store.Find[models.Account](tx, "domain = '' ORDER BY id")
			var left []string
			for _, a := range names {
				left = append(left, a.Username+" "+string(a.State))
			}
			if strings.Join(left, ", ") != "alice active, three active" {
				t.Errorf("left are %v", left)
			}
			return err
		})
	})
}

func TestClosedByInvitationAndByAddress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		token := bearer(s.appToken(s.register("read write")))
		try := func(name string, changes ...string) answer {
			return s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(append([]string{"username", name, "email", name + "@two.example"}, changes...)...), token...)
		}
		if got := try("a"); got.status != 403 || got.field("error") != "This action is not allowed" {
			t.Errorf("by default: %d %s", got.status, got.body)
		}
		s.setting("registrations", "invite")
		if got := try("a"); got.status != 403 {
			t.Errorf("without an invitation: %d", got.status)
		}
		var code, old *models.InviteCode
		s.tx(func(tx *store.Tx) (err error) {
			soon := tx.Now.Add(time.Hour)
			if code, err = account.NewInvite(tx, s.alice, models.InviteCode{MaxUses: 2}); err == nil {
				old, err = account.NewInvite(tx, nil, models.InviteCode{ExpiresAt: &soon})
			}
			return err
		})
		if got := try("a", "invite_code", "NONSENSE"); got.status != 422 || !strings.Contains(got.body, "invite_code") {
			t.Errorf("with nonsense: %d %s", got.status, got.body)
		}
		given := make(chan int, 8)
		var wg sync.WaitGroup
		for _, name := range strings.Split("b c d e f g h i", " ") {
			wg.Go(func() { given <- try(name, "invite_code", strings.ToLower(code.Code)).status })
		}
		wg.Wait()
		close(given)
		n := 0
		for status := range given {
			if status == 200 {
				n++
			}
		}
		if n != 2 {
			t.Errorf("an invitation for two let %d in", n)
		}
		if got := s.send(http.DefaultClient, "GET", "/api/v1/invites/"+old.Code, nil); got.status != 200 || got.field("invite_code") != old.Code {
			t.Errorf("a good code: %d %s", got.status, got.body)
		}
		s.clock.add(2 * time.Hour)
		if got := try("j", "invite_code", old.Code); got.status != 422 {
			t.Errorf("an invitation that is over: %d", got.status)
		}
		if got := s.send(http.DefaultClient, "GET", "/api/v1/invites/"+old.Code, nil); got.status != 401 {
			t.Errorf("a code that is over: %d", got.status)
		}
		s.setting("registrations", "open")
		s.tx(func(tx *store.Tx) error {
			return account.BlockIP(tx, &models.IPBlock{ID: 1, IP: "127.0.0.0/8", Severity: models.IPApproval, CreatedAt: tx.Now})
		})
		if got := try("k"); got.status != 200 {
			t.Errorf("from where a moderator looks: %d %s", got.status, got.body)
		}
		s.tx(func(tx *store.Tx) error {
			up, err := store.One[models.SignUp](tx, "email = 'k@two.example'")
			if !up.NeedsApproval {
				t.Error("nobody looks at it")
			}
			return err
		})
		s.tx(func(tx *store.Tx) error {
			return account.BlockIP(tx, &models.IPBlock{ID: 1, IP: "127.0.0.1", Severity: models.IPSignUp, CreatedAt: tx.Now})
		})
		if got := try("l"); got.status != 403 {
			t.Errorf("from where nobody signs up: %d", got.status)
		}
	})
}

func TestNotTooManyFromOneAddress(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	s.setting("registrations", "open")
	token := bearer(s.appToken(s.register("read write")))
	for i, name := range strings.Split("a b c d e f g h i j k", " ") {
		got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer("username", name, "email", name+"@two.example"), token...)
		if want := map[bool]int{true: 200, false: 429}[i < 10]; got.status != want {
			t.Errorf("%s: got %d, want %d: %s", name, got.status, want, got.body)
		}
	}
}

// With a browser and no script, in French, and a moderator's word.
func TestSignUpWithABrowser(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		b, french := s.browser(), []string{"Accept-Language", "fr"}
		if page := s.send(b, "GET", "/auth/sign_up", nil, french...); !strings.Contains(page.body, "Personne ne peut s’inscrire") {
			t.Errorf("closed: %s", page.body)
		}
		s.setting("registrations", "approval")
		s.setting("site.rules", "Be <kind>\nNo spam")
		page := s.send(b, "GET", "/auth/sign_up", nil, french...)
		if !strings.Contains(page.body, "Créer un compte") || !strings.Contains(page.body, "Be &lt;kind&gt;") || strings.Contains(page.body, "<script") {
			t.Errorf("the form: %s", page.body)
		}
		if csp := page.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'") {
			t.Errorf("policy: %s", csp)
		}
		form := with(hidden(page.body), "username", "zoé", "email", "zoe@two.example", "password", "a long password", "reason", `"<b>`)
		page = s.send(b, "POST", "/auth/sign_up", form, french...)
		if page.status != 422 || !strings.Contains(page.body, "lettres sans accent") || !strings.Contains(page.body, "il faut les accepter") ||
			strings.Contains(page.body, "a long password") || !strings.Contains(page.body, "&lt;b&gt;") {
			t.Errorf("told what is wrong: %d %s", page.status, page.body)
		}
		if got := s.send(b, "POST", "/auth/sign_up", form, "Origin", "https://evil.example"); got.status != 403 {
			t.Errorf("from another site: %d", got.status)
		}
		page = s.send(b, "POST", "/auth/sign_up", with(form, "username", "zoe", "agreement", "true"), french...)
		if page.status != 200 || !strings.Contains(page.body, "zoe@two.example") {
			t.Fatalf("sent: %d %s", page.status, page.body)
		}
		in := url.Values{"login": {"zoe"}, "password": {"a long password"}, "decision": {"sign_in"}}
		if got := s.send(b, "POST", "/auth/sign_in", in, french...); got.status != 403 || !strings.Contains(got.body, "renvoyé le lien") || len(s.mails("zoe@two.example")) != 2 {
			t.Errorf("unconfirmed: %d %s", got.status, got.body)
		}
		if got := s.follow(b, s.link("zoe@two.example", "/auth/confirmation")); got.status != 200 {
			t.Errorf("confirm: %d %s", got.status, got.body)
		}
		if got := s.send(b, "POST", "/auth/sign_in", in, french...); got.status != 403 || !strings.Contains(got.body, "encore lire votre demande") {
			t.Errorf("pending: %d %s", got.status, got.body)
		}
		s.tx(func(tx *store.Tx) error {
			zoe, err := store.One[models.Account](tx, "username = 'zoe'")
			if err != nil {
				return err
			}
			return moderation.Approve(tx, nil, zoe)
		})
		if m := s.mails("zoe@two.example"); m[len(m)-1].Kind != "approved" || !strings.Contains(m[len(m)-1].Subject, "bienvenue") {
			t.Errorf("approved: %+v", m[len(m)-1])
		}
		if got := s.send(b, "POST", "/auth/sign_in", in); got.status != 303 {
			t.Errorf("approved: %d %s", got.status, got.body)
		}
	})
}

// Somebody who is turned away leaves nothing here but a line in the log.
func TestRejectedSignUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		s.setting("registrations", "approval")
		token := bearer(s.appToken(s.register("read write")))
		mine := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(), token...).field("access_token")
		s.follow(s.browser(), s.link("zoe@two.example", "/auth/confirmation"))
		if got := s.send(http.DefaultClient, "GET", "/mine", nil, bearer(mine)...); got.field("error") != "Your login is currently pending approval" {
			t.Errorf("pending: %d %s", got.status, got.body)
		}
		s.tx(func(tx *store.Tx) error {
			zoe, err := store.One[models.Account](tx, "username = 'zoe'")
			if err != nil {
				return err
			}
			if err := moderation.Reject(tx, nil, zoe, "spam"); err != nil {
				return err
			}
			if models.KindOf(moderation.Reject(tx, nil, s.alice, "")) != models.Forbidden {
				t.Error("somebody who lives here is rejected")
			}
			return nil
		})
		if got := s.mine(mine); got != 401 {
			t.Errorf("the token: %d", got)
		}
		if m := s.mails("zoe@two.example"); m[len(m)-1].Kind != "rejected" {
			t.Errorf("told: %+v", m[len(m)-1])
		}
		if got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(), token...); got.status != 200 {
			t.Errorf("the name again: %d %s", got.status, got.body)
		}
	})
}

// Before there are terms to agree to, an app and the page are told so, and nothing is kept.
func TestNobodySignsUpWithoutTerms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		s.tx(func(tx *store.Tx) error { return store.Put(tx, &models.Setting{Name: "registrations", Value: "open"}) })
		a := s.register("read write")
		token := s.appToken(a)
		if got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(), bearer(token)...); got.status != 403 || got.field("code") != "terms_missing" {
			t.Errorf("an app got %d: %s", got.status, got.body)
		}
		if got := s.send(s.browser(), "GET", "/auth/sign_up?lang=fr", nil); !strings.Contains(got.body, "conditions d’utilisation") || strings.Contains(got.body, `name="password"`) {
			t.Errorf("the page says %s", got.body)
		}
		if got := s.send(s.browser(), "POST", "/auth/sign_up", newcomer()); got.status != 403 {
			t.Errorf("the page answers %d", got.status)
		}
		s.tx(func(tx *store.Tx) error {
			if n, err := store.Count[models.SignUp](tx, "true"); err != nil || n != 0 {
				t.Errorf("%d sign-ups were kept: %v", n, err)
			}
			return nil
		})
		s.setting("registrations", "open")
		if got := s.send(http.DefaultClient, "POST", "/api/v1/accounts", newcomer(), bearer(token)...); got.status != 200 {
			t.Errorf("with terms an app got %d: %s", got.status, got.body)
		}
	})
}
