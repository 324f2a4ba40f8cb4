package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"maps"
	"time"

	"ensemble/models"
)

// maxProofs bounds how many verifications one document may cost.
const maxProofs = 16

// maxProofValue is the length of a proofValue, 64 bytes in base58btc, and a little.
const maxProofValue = 96

// Proof is the claim that whoever owns a key stands behind a document, word for
// word. Until Verify says so, it is not proved.
type Proof struct {
	VerificationMethod models.IRI
	Created            time.Time
	Expires            time.Time // zero if it does not expire

	options object // as received, without proofValue
	doc     object // the document without any proof
	docHash []byte // of doc: it is dear, and shared by a set
	value   []byte
}

// Proofs returns the proofs of a document: one, or all of a set. The bool says
// whether it carries any. A proof that we cannot read, or of another cryptosuite,
// makes the whole document Unauthed: it never counts as none (PROTOCOL G3).
func Proofs(doc []byte) ([]Proof, bool, error) {
	members, err := parseObject(doc)
	if err != nil {
		return nil, false, refuse("the document is not JSON that could be proved")
	}
	raw, found := members["proof"]
	if !found {
		return nil, false, nil
	}
	delete(members, "proof")
	set, err := asArray(raw)
	if err != nil || len(set) == 0 || len(set) > maxProofs {
		return nil, true, refuse("a document carries 1 to %d proofs", maxProofs)
	}
	docHash, err := hashObject(members)
	if err != nil {
		return nil, true, err
	}
	proofs := make([]Proof, 0, len(set))
	for _, raw := range set {
		p, err := parseProof(raw)
		if err != nil {
			return nil, true, err
		}
		p.doc, p.docHash = members, docHash
		proofs = append(proofs, p)
	}
	return proofs, true, nil
}

// VerifyProof checks every proof of a document with the keys that key finds by
// their names, and says whether there was one. Without a proof it is no error: the
// caller decides whether one was needed. An error of key is returned as it is. That
// the owners of the keys are the authors of the document is for the caller to see.
func VerifyProof(doc []byte, now time.Time, key func(method models.IRI) (ed25519.PublicKey, error)) (bool, error) {
	proofs, found, err := Proofs(doc)
	if err != nil {
		return found, err
	}
	for _, p := range proofs {
		pub, err := key(p.VerificationMethod)
		if err != nil {
			return true, err
		}
		if err := p.Verify(pub, now); err != nil {
			return true, err
		}
	}
	return found, nil
}

// Verify reports, with an Unauthed error if not, whether the owner of pub made the
// proof, and whether it holds at now (FEP-8b32, vc-di-eddsa §3.3.2).
func (p Proof) Verify(pub ed25519.PublicKey, now time.Time) error {
	if err := CheckPublic(pub); err != nil {
		return err
	}
	switch {
	case p.Created.After(now.Add(maxAhead)):
		return refuse("the proof is dated in the future: %s", p.Created.UTC().Format(time.RFC3339))
	case !p.Expires.IsZero() && now.After(p.Expires):
		return refuse("the proof has expired: %s", p.Expires.UTC().Format(time.RFC3339))
	}
	for _, variant := range []func() (object, []byte){p.asReceived, p.inContext, p.asFedify} {
		options, docHash := variant()
		if options == nil {
			continue
		}
		hash, err := proofHash(options, docHash)
		if err == nil && ed25519.Verify(pub, hash, p.value) {
			return nil
		}
	}
	return refuse("the proof was not made with the key %s for this document", p.VerificationMethod)
}

// asReceived follows the specification: where the proof has a context, the document
// must begin with it, and is hashed with it (vc-di-eddsa §3.3.2). An object taken out
// of another has none of its own, and is hashed with that of its proof. Like the
// other variants it returns the options and the hash of the document, nil for none.
func (p Proof) asReceived() (options object, docHash []byte) {
	context, own := p.options["@context"], p.doc["@context"]
	if context == nil || bytes.Equal(context, own) {
		return p.options, p.docHash
	}
	if own != nil && !beginsWith(own, context) {
		return nil, nil
	}
	doc := maps.Clone(p.doc)
	doc["@context"] = context
	docHash, err := hashObject(doc)
	if err != nil {
		return nil, nil
	}
	return p.options, docHash
}

// inContext is for those who hash the context of the document with the proof, and
// do not send it there.
func (p Proof) inContext() (options object, docHash []byte) {
	if p.options["@context"] != nil || p.doc["@context"] == nil {
		return nil, nil
	}
	options = maps.Clone(p.options)
	options["@context"] = p.doc["@context"]
	return options, p.docHash
}

// asFedify is for Fedify, which writes the proof anew from the members that it
// knows, and its time in the shortest form, before it hashes.
func (p Proof) asFedify() (options object, docHash []byte) {
	created := p.Created.UTC().Format(time.RFC3339Nano)
	return proofOptions(p.VerificationMethod, created, p.doc["@context"]), p.docHash
}

// beginsWith reports whether the context own starts with all of other, in order.
// Both are canonical, so that bytes can be compared.
func beginsWith(own, other json.RawMessage) bool {
	a, errA := asArray(own)
	b, errB := asArray(other)
	if errA != nil || errB != nil || len(b) > len(a) {
		return false
	}
	for i := range b {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// parseProof reads what one proof says.
func parseProof(raw json.RawMessage) (Proof, error) {
	var p Proof
	if err := json.Unmarshal(raw, &p.options); err != nil || p.options == nil {
		return p, refuse("a proof is a JSON object")
	}
	for name, want := range map[string]string{"type": proofType, "cryptosuite": proofSuite, "proofPurpose": proofPurpose} {
		if got := p.text(name); got != want {
			return p, refuse("the %s of a proof must be %s, not %q", name, want, got)
		}
	}
	if p.VerificationMethod = models.IRI(p.text("verificationMethod")); p.VerificationMethod == "" {
		return p, refuse("the proof names no verificationMethod")
	}
	var err error
	if p.Created, err = time.Parse(time.RFC3339, p.text("created")); err != nil {
		return p, refuse("the proof does not say when it was created")
	}
	if _, expires := p.options["expires"]; expires {
		if p.Expires, err = time.Parse(time.RFC3339, p.text("expires")); err != nil {
			return p, refuse("the proof does not say clearly when it expires")
		}
	}
	if p.value, err = decode58(p.text("proofValue"), maxProofValue); err != nil || len(p.value) != ed25519.SignatureSize {
		return p, refuse("the proofValue cannot be read")
	}
	delete(p.options, "proofValue")
	return p, nil
}

// text returns a member of the proof that is a string, "" if it is not.
func (p Proof) text(name string) string {
	var s string
	if json.Unmarshal(p.options[name], &s) != nil {
		return ""
	}
	return s
}
