package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"ensemble/activities/collab"
	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
)

// What can be said of a name under a post.
const (
	isValid      = "valid"
	isRevoked    = "revoked"
	isUnverified = "unverified" // its server cannot be asked now
	isInvalid    = "invalid"
)

type verifyCmd struct {
	Posts []string `arg:"" name:"url" help:"The address of a post, or of its page; or a file with a copy of its JSON."`
	JSON  bool     `name:"json" help:"Write JSON."`
}

// Help says what the exit codes mean.
func (verifyCmd) Help() string {
	return "The exit code is 0 if all authors stand by the post, 1 if a name under it is invalid or was taken back, and 2 if something could not be fetched. " +
		"A post that is behind http or on this machine needs --loose."
}

// A verdict is what can be said of one post.
type verdict struct {
	Asked   string   `json:"asked"`
	Post    string   `json:"post,omitempty"`
	Page    string   `json:"page,omitempty"`
	Digest  string   `json:"digest,omitempty"` // as computed here
	Authors []signer `json:"authors"`
	Text    string   `json:"text"` // a sentence
	code    int
}

// A signer is a name under a post, and what became of its consent.
type signer struct {
	Handle string            `json:"handle"` // the address of the account, where no handle could be confirmed
	URI    models.IRI        `json:"uri"`
	Role   models.CollabRole `json:"role"`
	State  string            `json:"state"`
	Reason string            `json:"reason,omitempty"` // a sentence, unless it is valid
	Stamp  models.IRI        `json:"stamp,omitempty"`
	Signed string            `json:"revision_digest,omitempty"` // what the stamp covers
	Digest string            `json:"digest,omitempty"`          // of the stamp, compared: a sentence
	Proof  string            `json:"proof,omitempty"`           // a sentence
}

// Run checks posts as anybody can: it reads what their servers say to strangers.
func (v verifyCmd) Run(w *world) error {
	r := newReader(w, fetch.Guarded(w.loose), w.loose)
	var all []verdict
	invalid, unread := false, false
	for _, address := range v.Posts {
		d := r.verify(address, time.Now())
		all = append(all, d)
		invalid, unread = invalid || d.code == 1, unread || d.code == 2
	}
	if err := v.print(w.out, all); err != nil {
		return err
	}
	switch {
	case invalid:
		return exit(1)
	case unread:
		return exit(2)
	}
	return nil
}

func (v verifyCmd) print(out io.Writer, all []verdict) error {
	if v.JSON {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	for _, d := range all {
		if _, err := io.WriteString(out, d.String()); err != nil {
			return err
		}
	}
	return nil
}

// String writes a verdict for people.
func (d verdict) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s", first(d.Post, d.Asked))
	for _, s := range d.Authors {
		line("  %-40s %-10s %s", s.Handle, s.Role, s.State)
		for _, more := range []struct{ what, text string }{
			{"why", s.Reason}, {"stamp", string(s.Stamp)}, {"digest", s.Digest}, {"proof", s.Proof},
		} {
			if more.text != "" {
				line("      %-7s %s", more.what, more.text)
			}
		}
	}
	line("%s", d.Text)
	return b.String()
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// verify checks the post at an address, or in a file.
func (r *reader) verify(asked string, now time.Time) verdict {
	d := verdict{Asked: asked, Authors: []signer{}}
	raw, err := r.post(asked)
	if err != nil {
		d.Text, d.code = "It could not be read: "+sentence(err), 2
		return d
	}
	n, err := wire.DecodeNote(raw)
	if err != nil {
		d.Text, d.code = "It is no post: "+sentence(err), 2
		return d
	}
	d.Post, d.Page = string(n.URI), string(n.URL)
	if !n.Author.SameOrigin(n.URI) {
		d.Text, d.code = fmt.Sprintf("The post says that it is by %s, but it is on another server.", n.Author), 1
		return d
	}
	d.Authors = append(d.Authors, r.author(n))
	if len(n.Claims) == 0 {
		d.Text = "This is an ordinary post: it has one author, and names nobody else who would have to agree."
		return d
	}
	if d.Digest, err = collab.Digest(n); err != nil {
		d.Text, d.code = "What its authors would have signed cannot be computed: "+sentence(err), 1
		return d
	}
	for _, claim := range n.Claims {
		d.Authors = append(d.Authors, r.claim(n, claim, d.Digest, now))
	}
	d.conclude()
	return d
}

// post reads a post from a file, if there is such a file, and else from its server.
func (r *reader) post(asked string) ([]byte, error) {
	if !strings.Contains(asked, "://") {
		if f, err := os.Open(asked); err == nil {
			defer f.Close() //nolint:errcheck // nothing was written
			return io.ReadAll(io.LimitReader(f, wire.MaxBody+1))
		}
	}
	return r.document(models.IRI(asked), true)
}

// conclude sums up what was found.
func (d *verdict) conclude() {
	count := map[string]int{}
	for _, s := range d.Authors {
		count[s.State]++
	}
	switch {
	case count[isInvalid]+count[isRevoked] > 0:
		d.code = 1
		d.Text = fmt.Sprintf("Only %d of the %d people whom this post names stand by it.", count[isValid], len(d.Authors))
	case count[isUnverified] > 0:
		d.code = 2
		d.Text = fmt.Sprintf("Of the %d people whom this post names, %d could not be asked.", len(d.Authors), count[isUnverified])
	case len(d.Authors) == 2:
		d.Text = "Both people whom this post names stand by it."
	default:
		d.Text = fmt.Sprintf("All %d people whom this post names stand by it.", len(d.Authors))
	}
}

// author is who wrote a post in the first place: their own server says so.
func (r *reader) author(n *models.Note) signer {
	s := signer{Handle: string(n.Author), URI: n.Author, Role: "author", State: isValid}
	if a, err := r.actor(n.Author); err == nil {
		s.Handle = r.handle(a)
	}
	return s
}

// claim checks one name that a post claims (ensemble/1 §7, V2 to V6).
func (r *reader) claim(n *models.Note, claim models.Claim, digest string, now time.Time) signer {
	s := signer{Handle: string(claim.Account), URI: claim.Account, Role: claim.Role, Stamp: claim.Authorization}
	a, actorErr := r.actor(claim.Account)
	if actorErr == nil {
		s.Handle = r.handle(a)
	}
	switch {
	case claim.Authorization == "":
		return s.not(isInvalid, "the post names no stamp for it")
	case !claim.Authorization.SameOrigin(claim.Account):
		return s.not(isInvalid, "the stamp is not on the server of %s", claim.Account)
	}
	raw, err := r.document(claim.Authorization, false)
	if err != nil {
		return s.because(err, "the stamp is gone: the consent was taken back")
	}
	stamp, err := wire.DecodeStamp(raw)
	if err != nil {
		return s.because(err, "")
	}
	s.Signed, s.Digest = stamp.Digest, compare(stamp, digest)
	if err := stamp.Holds(n, claim, digest, now); err != nil {
		return s.not(isInvalid, "%v", err)
	}
	if actorErr != nil {
		return s.because(actorErr, "the account is gone, and its consent with it")
	}
	if s.Proof, err = proof(raw, a, now); err != nil {
		return s.not(isInvalid, "the proof of the stamp does not hold: %v", err)
	}
	s.State = isValid
	return s
}

// not says why a name does not count.
func (s signer) not(state, format string, args ...any) signer {
	s.State, s.Reason = state, sentence(fmt.Errorf(format, args...))
	return s
}

// because tells what can be asked later from what is gone, and from what is wrong.
func (s signer) because(err error, gone string) signer {
	switch models.KindOf(err) {
	case models.NotFound, models.Gone:
		return s.not(isRevoked, "%s", gone)
	case models.Unreachable, models.TooMany:
		return s.not(isUnverified, "%v", err)
	default:
		return s.not(isInvalid, "%v", err)
	}
}

// compare says what the stamp covers.
func compare(a *models.Authorization, digest string) string {
	switch {
	case a.Digest == digest:
		return fmt.Sprintf("%s, revision %d: the post as it is now", digest, a.Revision)
	case a.CoversEdits:
		return "the stamp covers edits, whatever they say"
	default:
		return fmt.Sprintf("the post has %s, the stamp is for %s", digest, first(a.Digest, "none"))
	}
}

// proof checks the proofs of a stamp with the keys that its owner's actor lists.
func proof(raw []byte, a *models.Account, now time.Time) (string, error) {
	var by models.IRI
	found, err := sign.VerifyProof(raw, now, func(method models.IRI) (ed25519.PublicKey, error) {
		for _, k := range a.Assertions {
			if k.ID == method {
				by = method
				return sign.ParseMultikey(k.Multibase)
			}
		}
		return nil, fmt.Errorf("%s does not list the key %s", a.URI, method)
	})
	switch {
	case err != nil:
		return "", err
	case !found:
		return "none: the word of its server is all there is", nil
	}
	return "made with " + string(by), nil
}

// newReader returns a reader that calls through transport.
func newReader(w *world, transport http.RoundTripper, loose bool) *reader {
	r := &reader{ctx: w, loose: loose, transport: transport}
	r.actors = map[models.IRI]*models.Account{}
	return r
}
