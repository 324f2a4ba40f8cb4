package main

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const ourModule = "ensemble"

// floors is the house from the ground up; the first line is floor 1. A package
// may import what stands on a lower floor, and nothing on its own: neighbours
// do not know each other. A name in full goes before a pattern.
var floors = [][]string{
	{"models", "models/memo", "migrations"},
	{"models/digest", "models/store", "models/files", "models/limit"},
	{"models/store/storetest", "models/files/filestest", "activities", "activities/mail", "activities/text"},
	{"activities/post", "activities/rollout", "activities/legal"},
	{"activities/interaction"},
	{"activities/*"},
	{"activities/moderation", "activities/sever", "federation/sign", "federation/wire"},
	{"federation/fetch", "activities/transfer", "activities/setup"},
	{"federation/inbox", "federation/delivery"},
	{"federation", "web/call", "web/stream"},
	{"web/page", "web/openapi"},
	{"web/*"},
	{"web"},
	{"cmd/*"},
}

// anywhere is the room of a package that every floor above models may use.
const anywhere = "*"

// A fence keeps an outside package in the rooms that it was let in for, and in
// what lies within them. An outside package without a fence is not let in.
type fence struct {
	outside string // an import path, or its beginning
	rooms   string // separated by spaces
	why     string
}

var fences = []fence{
	{"gorm.io/", "models/store", "rows become nouns there, and no *gorm.DB leaves it"},
	{"modernc.org/sqlite", "models/store", "which database holds the nouns is its secret"},
	{"zombiezen.com/go/sqlite", "models/store", "which database holds the nouns is its secret"},
	{"github.com/jackc/pgx", "models/store", "which database holds the nouns is its secret"},
	{"github.com/riverqueue/", "models/store", "a job is enqueued in the transaction it follows, by store.Tx"},
	{"github.com/pressly/goose", "models/store", "a database is brought up to date where it is opened"},
	{"github.com/go-fed/", "federation/wire", "ActivityStreams become nouns there; no vocab type leaves it, and only it pays the minute of compiling"},
	{"github.com/superseriousbusiness/httpsig", "federation/sign", "what a signature has to cover is decided in one place"},
	{"github.com/dunglas/httpsfv", "federation/sign", "what a signature has to cover is decided in one place"},
	{"github.com/gowebpki/jcs", "models/digest federation/sign", "what is hashed or signed is spelled one way"},
	{"github.com/mr-tron/base58", "models/digest models/files federation/sign", "multibase is the spelling of hashes and keys alone"},
	{"github.com/kovidgoyal/imaging", "models/files", "strangers' pictures are decoded behind one wall, with caps"},
	{"github.com/buckket/go-blurhash", "models/files", "strangers' pictures are decoded behind one wall, with caps"},
	{"github.com/gen2brain/", "models/files", "strangers' pictures are decoded behind one wall, with caps"},
	{"github.com/minio/minio-go", "models/files", "where files are kept is its secret"},
	{"github.com/alexedwards/argon2id", "activities/account", "nobody else has business with a password"},
	{"github.com/wneessen/go-mail", "activities/mail", "letters are composed and handed over in one room; features say what is to be said to whom"},
	{"github.com/go-webauthn/", "activities/account", "nobody else has business with how people sign in"},
	{"github.com/pquerna/otp", "activities/account", "nobody else has business with how people sign in"},
	{"github.com/microcosm-cc/bluemonday", "activities/text", "HTML is cleaned by one policy"},
	{"code.dny.dev/ssrf", "federation/fetch", "it is the only HTTP client, so the only one that needs the guard"},
	{"github.com/gin-gonic/", "web", "HTTP routing is the web's business alone; peers get a plain http.Handler"},
	{"github.com/alexedwards/scs", "web", "a session is a browser's; features are told who asks"},
	{"github.com/go-oauth2/", "web/oauth", "tokens become a who there"},
	{"github.com/gorilla/websocket", "web/stream", "how clients are reached that stay connected is decided in one place"},
	{"github.com/go-playground/locales", "web/page", "plurals, numbers and dates are written as each language does, in one place"},
	{"github.com/gorilla/feeds", "web/app", "RSS and Atom are pages for programs"},
	{"github.com/prometheus/", "web cmd", "numbers are shown at the edge; features do not know that they are counted"},
	{"github.com/livekit/", "web/live", "features see a Stage; which media server it is may change"},
	{"github.com/stripe/", "web/pay", "features see a Till; which payment provider it is may change"},
	{"github.com/alecthomas/kong", "cmd", "only a command has a command line"},
	{"github.com/mattn/go-mastodon", "cmd", "its users' library tries the whole API, in a story"},
	{"github.com/santhosh-tekuri/jsonschema", "web/strict web/openapi", "tests read answers as strict clients do, and the API's document as its readers do"},
	{"golang.org/x/", anywhere, "the standard library's own workshop"},
}

// strangers are parts of the standard library that models, a vocabulary, does without.
var strangers = []string{"context", "database/sql", "net/http"}

// testHelpers are for tests, though their files are not named _test.go.
var testHelpers = []string{testHelper, "models/files/filestest", "web/strict"}

const testHelper = "models/store/storetest"

func TestLayers(t *testing.T) {
	told := map[string]bool{}
	for _, f := range goFiles(t) {
		if floor(f.pkg) == 0 {
			if !told[f.pkg] {
				t.Errorf("%s: %s", f.path, homeless(f.pkg))
			}
			told[f.pkg] = true
			continue
		}
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := breach(f.pkg, imp, f.test); why != "" {
				t.Errorf("%s: %s", f.at(spec), why)
			}
		}
	}
}

// TestLayersRefuse tests the test: a rule that refuses nothing is no rule.
func TestLayersRefuse(t *testing.T) {
	const inTest = true
	for _, c := range []struct {
		name, pkg, imp string
		test           bool
		want           string // a part of the refusal; "" if there is to be none
	}{
		{"a floor down", "activities/collab", "ensemble/activities/post", false, ""},
		{"all the way down", "cmd/ensemble", "ensemble/models", false, ""},
		{"a pattern's floor", "web", "ensemble/web/api", false, ""},
		{"upward", "models/store", "ensemble/activities", false, "on floor 3"},
		{"upward into a nested room", "web/call", "ensemble/web/api", false, "on floor 10"},
		{"sideways", "activities/collab", "ensemble/activities/graph", false, "neighbours"},
		{"sideways at the top of the mouths", "federation", "ensemble/web/call", false, "neighbours"},
		{"an upward import in a test", "activities/post", "ensemble/web", inTest, ""},
		{"a room nobody planned", "cmd/ensemble", "ensemble/util", false, "has no floor"},
		{"a room too deep", "web/app", "ensemble/web/app/deep", false, "has no floor"},
		{"a test's helper in a test", "activities/post", "ensemble/models/store/storetest", inTest, ""},
		{"a test's helper in the program", "activities/post", "ensemble/models/store/storetest", false, "tests"},
		{"the standard library", "models", "time", false, ""},
		{"SQL in the vocabulary", "models", "database/sql", false, "vocabulary"},
		{"a library in the vocabulary", "models", "golang.org/x/text/language", false, "standard library alone"},
		{"a neighbour in the vocabulary", "models", "ensemble/migrations", false, "neighbours"},
		{"a fenced library in its room", "models/store", "gorm.io/gorm", false, ""},
		{"a fenced library within its room", testHelper, "github.com/jackc/pgx/v5", false, ""},
		{"a fenced library in one of its rooms", "federation/sign", "github.com/gowebpki/jcs", false, ""},
		{"a fenced library elsewhere", "web/api", "gorm.io/gorm", false, "lives in models/store"},
		{"a fenced library beside a room of like name", "webby", "github.com/gin-gonic/gin", false, "lives in web"},
		{"a fenced library in a test elsewhere", "web/api", "gorm.io/gorm", inTest, "lives in models/store"},
		{"a fenced library in a command's test", "cmd/ensemble", "github.com/jackc/pgx/v5", inTest, ""},
		{"a fenced library in a command", "cmd/ensemble", "github.com/jackc/pgx/v5", false, "lives in models/store"},
		{"a library let in everywhere", "activities/post", "golang.org/x/net/html", false, ""},
		{"a library nobody let in", "activities/post", "github.com/nobody/nothing", false, "give it a fence"},
	} {
		got := breach(c.pkg, c.imp, c.test)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s imports %s: got %q, want %q in it", c.name, c.pkg, c.imp, got, c.want)
		}
	}
}

// breach says in a sentence why a file of pkg may not import imp, or "" if it
// may. Tests may look up, but through no fence, except those of cmd, which know
// everybody.
func breach(pkg, imp string, test bool) string {
	own, isOwn := strings.CutPrefix(imp, ourModule+"/")
	switch {
	case isOwn && test, test && within(pkg, "cmd"):
		return ""
	case isOwn:
		return upward(pkg, own)
	case pkg == "models":
		return unspeakable(imp)
	case !strings.Contains(strings.Split(imp, "/")[0], "."): // the standard library
		return ""
	}
	return trespass(pkg, imp)
}

func upward(pkg, own string) string {
	mine, theirs := floor(pkg), floor(own)
	switch {
	case theirs == 0:
		return homeless(own)
	case slices.Contains(testHelpers, own):
		return fmt.Sprintf("%s imports %s, which is for tests alone.", pkg, own)
	case theirs == mine:
		return fmt.Sprintf("%s imports %s, but both stand on floor %d, and neighbours do not know each other.", pkg, own, mine)
	case theirs > mine:
		return fmt.Sprintf("%s, on floor %d, imports %s, on floor %d: imports only go down.", pkg, mine, own, theirs)
	}
	return ""
}

func unspeakable(imp string) string {
	switch {
	case strings.Contains(imp, "."):
		return fmt.Sprintf("models imports %s, but it knows the standard library alone.", imp)
	case slices.Contains(strangers, imp):
		return fmt.Sprintf("models imports %s, but it is a vocabulary: no SQL, HTTP or context.", imp)
	}
	return ""
}

func trespass(pkg, imp string) string {
	for _, f := range fences {
		if !strings.HasPrefix(imp, f.outside) {
			continue
		}
		rooms := strings.Fields(f.rooms)
		if f.rooms == anywhere || slices.ContainsFunc(rooms, func(r string) bool { return within(pkg, r) }) {
			return ""
		}
		return fmt.Sprintf("%s imports %s, which lives in %s: %s.", pkg, imp, strings.Join(rooms, " and "), f.why)
	}
	return fmt.Sprintf("%s imports %s, which nobody let in: give it a fence in layers_test.go, with the reason.", pkg, imp)
}

func homeless(pkg string) string {
	return fmt.Sprintf("%s has no floor: give it one in layers_test.go.", pkg)
}

// floor returns the number of the floor pkg stands on, or 0.
func floor(pkg string) int {
	for i, names := range floors {
		if slices.Contains(names, pkg) {
			return i + 1
		}
	}
	matches := func(pattern string) bool {
		ok, _ := path.Match(pattern, pkg) // the patterns above are well formed
		return ok
	}
	return 1 + slices.IndexFunc(floors, func(names []string) bool { return slices.ContainsFunc(names, matches) })
}

// within reports whether pkg is room, or lies in it.
func within(pkg, room string) bool {
	return pkg == room || strings.HasPrefix(pkg, room+"/")
}
