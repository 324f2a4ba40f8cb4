package wire

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	alice = models.IRI("https://a.example/users/alice")
	bob   = models.IRI("https://b.example/users/bob")
	carol = models.IRI("https://c.example/users/carol")
	work1 = models.IRI("https://a.example/users/alice/notes/1")
)

func at(ms int) time.Time {
	return time.Date(2026, 9, 1, 18, 3, 0, ms*int(time.Millisecond), time.UTC)
}

// plainNote is what most posts are.
func plainNote() *models.Note {
	return &models.Note{
		URI: work1, Type: "Note", URL: "https://a.example/@alice/1", Author: alice,
		To: []models.IRI{models.Public}, Cc: []models.IRI{"https://a.example/users/alice/followers"},
		Content: "<p>Hello & <b>\"welcome\"</b></p>", Published: at(0),
		Policy: &models.Policy{Quote: &models.Rule{Automatic: []models.IRI{models.Public}}},
	}
}

// fullNote has everything.
func fullNote() *models.Note {
	summary := "CW: Politics"
	n := plainNote()
	n.Claims = []models.Claim{
		{Account: carol, Role: models.RoleCredit, Authorization: "https://c.example/stamps/1"},
		{Account: bob, Role: models.RoleCoauthor, Authorization: "https://b.example/stamps/1"},
	}
	n.Collab, n.Digest = "https://a.example/collaborations/1", "zQmX"
	n.Language, n.Summary, n.Sensitive = "en", &summary, true
	n.ContentMap = map[string]string{"en": n.Content, "de": "<p>Hallo</p>"}
	n.Attachments = []models.Attachment{
		{Kind: "image", MediaType: "image/jpeg", URL: "https://a.example/1.jpg", Alt: "Mugs", Blurhash: "UBL_:r", Width: 10, Height: 20, FocusX: 0.5, FocusY: -0.25, Digest: "zQmY"},
		{Kind: "video", MediaType: "video/mp4", URL: "https://a.example/2.mp4", Duration: 12.5},
		{Kind: "audio", MediaType: "audio/ogg", URL: "https://a.example/3.ogg"},
		{Kind: "unknown", MediaType: "application/pdf", URL: "https://a.example/4.pdf"},
	}
	n.Mentions = []models.Mention{{URI: bob, Acct: "bob@b.example"}}
	n.Tags = []string{"Ceramics", "日本"}
	n.InReplyTo, n.Quote, n.Context = "https://c.example/notes/é", "https://c.example/notes/2", "https://a.example/contexts/1"
	n.Published, n.Updated = at(250), at(999)
	n.QuoteStamp, n.ReplyStamp, n.Derivation = "https://c.example/stamps/2", "https://c.example/stamps/3", models.Duet
	n.Policy = &models.Policy{
		Like:  &models.Rule{Automatic: []models.IRI{models.Public}},
		Reply: &models.Rule{Automatic: []models.IRI{alice, bob}, Manual: []models.IRI{models.Public}},
		Quote: &models.Rule{Automatic: []models.IRI{alice + "/followers"}}, Duet: &models.Rule{Automatic: []models.IRI{alice}},
	}
	n.Likes = &models.Tally{URI: work1 + "/likes", Total: 3}
	n.Shares = &models.Tally{URI: work1 + "/shares", Total: 0}
	n.Replies = &models.Tally{URI: work1 + "/replies", Total: -1}
	return n
}

func collaborationOf(n *models.Note) *models.Collaboration {
	return &models.Collaboration{
		URI: "https://a.example/collaborations/1", Initiator: alice, Revision: 2, Quorum: models.QuorumAny,
		OnDecline: models.DeclinePublish, Moderation: models.ModerateAll, AllowCopy: true, Status: models.CollabOffered,
		Starts: at(0).Add(time.Minute), Expires: at(0).Add(time.Hour), Digest: "zQmX", Work: n,
		Invited: []models.Claim{{Account: bob, Role: models.RoleCoauthor}, {Account: carol, Role: models.RoleCredit}},
	}
}

func stampOf() *models.Authorization {
	return &models.Authorization{
		URI: "https://b.example/stamps/1", Account: bob, Target: bob, Object: work1, Collab: "https://a.example/collaborations/1",
		Role: models.RoleCoauthor, Revision: 2, Digest: "zQmX", CoversEdits: true, Published: at(0), Ends: at(1),
	}
}

func account() *models.Account {
	return &models.Account{
		URI: alice, Username: "alice", Type: "Person", DisplayName: "Alice", Note: "<p>Potter</p>", URL: "https://a.example/@alice",
		Inbox: alice + "/inbox", SharedInbox: "https://a.example/inbox", Outbox: alice + "/outbox", Followers: alice + "/followers",
		Following: alice + "/following", Featured: alice + "/featured", AvatarURL: "https://a.example/a.png", HeaderURL: "https://a.example/h.png",
		Fields: []models.Field{{Name: "Web", Value: "<a>x</a>"}}, AlsoKnownAs: []models.IRI{carol}, MovedTo: bob,
		Locked: true, Discoverable: true, Indexable: true, Collaborates: models.CollabMutuals,
		KeyID: alice + "#main-key", PublicKey: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
		Verifies:   true,
		Assertions: []models.Assertion{{ID: alice + "#ed25519-key", Multibase: "z6Mk"}}, CreatedAt: at(0), UpdatedAt: at(500),
	}
}

func nested(verb models.Verb, actor, object models.IRI) *models.Activity {
	return &models.Activity{URI: actor + "#nested", Verb: verb, Actor: actor, Object: models.Ref(object)}
}

// activities has one of every verb, and of every shape of object.
func activities() map[string]*models.Activity {
	act := func(v models.Verb, o models.Object) *models.Activity {
		return &models.Activity{URI: "https://a.example/activities/1", Verb: v, Actor: alice, Object: o, To: []models.IRI{bob}}
	}
	said := func(n *models.Note) models.Object {
		return models.Object{URI: n.URI, Type: "Note", Owner: n.Author, Note: n}
	}
	inner := func(v models.Verb, actor, object models.IRI) models.Object {
		a := nested(v, actor, object)
		return models.Object{URI: a.URI, Type: string(v), Activity: a}
	}
	gone := func(former string) models.Object {
		return models.Object{URI: work1, Type: "Tombstone", Former: former, Deleted: at(0)}
	}
	draft := fullNote()
	collab := collaborationOf(draft)
	likes := models.Object{URI: work1 + "/likes", Type: "Collection", Owner: alice, Total: 1}
	all := map[string]*models.Activity{
		"create":           act(models.Create, said(fullNote())),
		"create_plain":     act(models.Create, said(plainNote())),
		"update":           act(models.Update, said(fullNote())),
		"update_person":    act(models.Update, models.Object{URI: alice, Type: "Person", Actor: account()}),
		"delete":           act(models.Delete, gone("Note")),
		"delete_bare":      act(models.Delete, models.Ref(alice)),
		"delete_stamp":     act(models.Delete, gone("CollaborationAuthorization")),
		"delete_collab":    act(models.Delete, gone("Collaboration")),
		"follow":           act(models.FollowVerb, models.Ref(bob)),
		"accept_follow":    act(models.Accept, inner(models.FollowVerb, bob, alice)),
		"accept_offer":     act(models.Accept, models.Ref("https://b.example/offers/1")),
		"tentative_accept": act(models.TentativeAccept, models.Ref("https://b.example/offers/1")),
		"tentative_wish": func() *models.Activity {
			a := act(models.TentativeAccept, models.Ref("https://b.example/offers/1"))
			a.Reason, a.Wording = "With a comma, please.", "Two mugs,\none table"
			return a
		}(),
		"reject_follow": act(models.Reject, inner(models.FollowVerb, bob, alice)),
		"reject_offer":  act(models.Reject, models.Ref("https://b.example/offers/1")),
		"undo_announce": act(models.Undo, inner(models.Announce, alice, work1)),
		"undo_offer":    act(models.Undo, models.Ref("https://a.example/offers/1")),
		"announce":      act(models.Announce, models.Ref(work1)),
		"like":          act(models.LikeVerb, models.Ref(work1)),
		"block":         act(models.BlockVerb, models.Ref(bob)),
		"offer":         act(models.OfferVerb, models.Object{URI: collab.URI, Type: "Collaboration", Owner: alice, Collaboration: collab}),
		"leave":         act(models.Leave, models.Ref(collab.URI)),
		"add":           act(models.Add, inner(models.LikeVerb, bob, work1)),
		"remove":        act(models.Remove, models.Ref(bob)),
		"move":          act(models.MoveVerb, models.Ref(alice)),
		"flag":          act(models.Flag, models.Ref(bob)),
	}
	interactions(act, all)
	claimed(act, all)
	all["create"].Published = at(7)
	all["offer"].Target, all["offer"].Ends = models.Ref(bob), at(0)
	all["accept_offer"].Target, all["accept_offer"].Result = models.Ref(collab.URI), "https://a.example/stamps/1"
	all["reject_offer"].Code, all["reject_offer"].Reason = "not_now", "Not this week."
	all["reject_follow"].Code = "private"
	all["add"].Target = likes
	likes.Total = 0
	all["remove"].Target = likes
	all["move"].Target = models.Ref(carol)
	all["flag"].Reason, all["flag"].Objects = "Spam.", []models.IRI{bob}
	all["flag_posts"] = act(models.Flag, models.Ref(bob))
	all["flag_posts"].Objects = []models.IRI{bob, "https://b.example/users/bob/notes/1", work1}
	return all
}

func forms() []models.Form {
	return []models.Form{models.FormArray, models.FormDual, models.FormScalar}
}

// What is written is read as what it was, in every form.
func TestRoundTrips(t *testing.T) {
	verbs := map[models.Verb]bool{}
	for name, a := range activities() {
		verbs[a.Verb] = true
		for _, form := range forms() {
			body, err := Encode(a, form)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got, err := Decode(body)
			if err != nil {
				t.Fatalf("%s in form %s: %v\n%s", name, form, err, body)
			}
			if !reflect.DeepEqual(got, a) {
				g, _ := json.Marshal(got)
				w, _ := json.Marshal(a)
				t.Errorf("%s in form %s:\n got  %s\n want %s", name, form, g, w)
			}
			again, err := Encode(a, form)
			if err != nil || !bytes.Equal(body, again) {
				t.Errorf("%s: two writings differ", name)
			}
		}
	}
	if len(verbs) != 21 {
		t.Errorf("%d verbs are tried, want 21", len(verbs))
	}
}

func TestRoundTripDocuments(t *testing.T) {
	site := models.Site{Domain: "a.example", Origin: "https://a.example"}
	for _, policy := range []models.CollabPolicy{models.CollabEveryone, models.CollabFollowing, models.CollabMutuals, models.CollabNobody, models.CollabUnknown} {
		a := account()
		a.Collaborates = policy
		body, err := EncodeActor(a, site)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeActor(body); err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("actor, %q: got %+v, %v", policy, got, err)
		}
	}
	body, err := EncodeStamp(stampOf())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeStamp(body); err != nil || !reflect.DeepEqual(got, stampOf()) {
		t.Errorf("stamp: got %+v, %v", got, err)
	}
	c := collaborationOf(fullNote())
	if body, err = EncodeCollaboration(c); err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeCollaboration(body); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("collaboration: got %+v, %v", got, err)
	}
	tomb := models.Tombstone{URI: work1, FormerType: "Note", DeletedAt: at(0)}
	if body, err = EncodeTombstone(tomb); err != nil {
		t.Fatal(err)
	}
	if got, ok := DecodeTombstone(body); !ok || got != tomb {
		t.Errorf("tombstone: got %+v, %v", got, ok)
	}
	for _, form := range forms() {
		if body, err = EncodeNote(fullNote(), form, true); err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeNote(body); err != nil || !reflect.DeepEqual(got, fullNote()) {
			t.Errorf("note in form %s: got %+v, %v", form, got, err)
		}
	}
}

// An ordinary post says nothing of ours.
func TestPlainNoteIsOrdinary(t *testing.T) {
	for _, form := range forms() {
		body, err := EncodeNote(plainNote(), form, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"ensemble", "collab", "contentDigest", "ens:"} {
			if strings.Contains(strings.ToLower(string(body)), word) {
				t.Errorf("form %s of a plain note says %q: %s", form, word, body)
			}
		}
		if m := tree(t, body); m["attributedTo"] != string(alice) {
			t.Errorf("attributedTo is %v", m["attributedTo"])
		}
	}
}

// golden compares body with a file, or writes it.
func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, pretty.Bytes(), want)
	}
}

func TestOurGoldens(t *testing.T) {
	write := func(name string) func([]byte, error) {
		return func(body []byte, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			golden(t, "ours/"+name+".json", body)
		}
	}
	for name, a := range activities() {
		write(name)(Encode(a, models.FormDual))
	}
	write("create_array")(Encode(activities()["create"], models.FormArray))
	write("create_scalar")(Encode(activities()["create"], models.FormScalar))
	write("note")(EncodeNote(plainNote(), models.FormArray, true))
	write("actor")(EncodeActor(account(), models.Site{Domain: "a.example", Origin: "https://a.example"}))
	write("instance_actor")(EncodeActor(&models.Account{
		URI: "https://a.example/actor", Username: "a.example", System: true, Inbox: "https://a.example/actor/inbox",
		KeyID: "https://a.example/actor#main-key", PublicKey: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
	}, models.Site{Domain: "a.example", Origin: "https://a.example"}))
	write("actor_keys")(EncodeKeys(account()))
	write("stamp")(EncodeStamp(stampOf()))
	write("quote_authorization")(EncodeApproval(approvalOf(models.InteractQuote)))
	write("collaboration")(EncodeCollaboration(collaborationOf(plainNote())))
	write("tombstone")(EncodeTombstone(models.Tombstone{URI: work1, FormerType: "Note", DeletedAt: at(0)}))
	write("collection")(EncodeCollection(alice+"/followers", Ordered, 2, alice+"/followers?page=1"))
	write("page")(EncodeCollectionPage(alice+"/followers?page=1", alice+"/followers", Ordered, []any{bob, carol}, alice+"/followers?page=2", ""))
	part, err := EncodeNote(fullNote(), models.FormArray, false)
	if err != nil {
		t.Fatal(err)
	}
	write("page_of_notes")(EncodeCollectionPage(alice+"/replies?page=1", alice+"/replies", Unordered, []any{json.RawMessage(part)}, "", alice+"/replies?page=0"))
}

func TestCollections(t *testing.T) {
	page := readFile(t, "ours/page_of_notes.json")
	c, err := DecodeCollection(page)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Items) != 1 || c.Items[0].URI != work1 || c.Items[0].Type != "Note" || c.Total != -1 {
		t.Errorf("got %+v", c)
	}
	if n, err := DecodeNote(c.Items[0].Raw); err != nil || n.URI != work1 {
		t.Errorf("the item reads %+v, %v", n, err)
	}
	embedded := `{"id":"https://a.example/c","type":"Collection","totalItems":2,"first":{"type":"CollectionPage","next":"https://a.example/c?2","items":["https://b.example/1",{"id":"https://b.example/2","type":"Note"}]}}`
	if c, err = DecodeCollection([]byte(embedded)); err != nil {
		t.Fatal(err)
	}
	if len(c.Items) != 2 || c.Total != 2 || c.First != "" || c.Next != "https://a.example/c?2" {
		t.Errorf("got %+v", c)
	}
}
