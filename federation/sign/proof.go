package sign

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mr-tron/base58"

	"ensemble/models"
	"ensemble/models/digest"
)

// What every proof that we make and take says of itself (FEP-8b32).
const (
	proofType    = "DataIntegrityProof"
	proofSuite   = "eddsa-jcs-2022"
	proofPurpose = "assertionMethod"
)

// object is a JSON object whose members keep their own text, numbers included.
type object = map[string]json.RawMessage

// Prove returns the document with a proof by the key that peers find under method
// (FEP-8b32). Its @context becomes an array, and is copied into the proof, because
// Mastodon wants both. A document that has proofs gets one more: a proof set. What
// it returns is to be stored and served as it is.
func Prove(doc []byte, method models.IRI, private ed25519.PrivateKey, now time.Time) ([]byte, error) {
	proof, err := NewProof(doc, method, private, now)
	if err != nil {
		return nil, err
	}
	return Attach(doc, proof)
}

// NewProof returns the proof alone, for Attach to add to the same document, perhaps
// on another server: so the author of a joint post gets those of the co-authors
// (PROTOCOL §3.2). Proofs that the document has do not matter to it.
func NewProof(doc []byte, method models.IRI, private ed25519.PrivateKey, now time.Time) (json.RawMessage, error) {
	if len(private) != ed25519.PrivateKeySize || method == "" {
		return nil, errors.New("sign: a proof wants an Ed25519 key and its name")
	}
	members, err := parseObject(doc)
	if err != nil {
		return nil, err
	}
	delete(members, "proof")
	contextAsArray(members)
	options := proofOptions(method, now.UTC().Format(time.RFC3339), members["@context"])
	docHash, err := hashObject(members)
	if err != nil {
		return nil, err
	}
	hash, err := proofHash(options, docHash)
	if err != nil {
		return nil, err
	}
	options["proofValue"] = text("z" + base58.Encode(ed25519.Sign(private, hash)))
	return writeJSON(options)
}

// Attach returns the document with one proof more. It does not check the proof.
func Attach(doc []byte, proof json.RawMessage) ([]byte, error) {
	if _, err := parseObject(doc); err != nil {
		return nil, err
	}
	var members object // from doc itself: its canonical form rounds large numbers
	if err := json.Unmarshal(doc, &members); err != nil {
		return nil, fmt.Errorf("sign: the document: %w", err)
	}
	contextAsArray(members)
	old := members["proof"]
	switch {
	case old == nil:
		members["proof"] = proof
	default:
		set, err := asArray(old)
		if err != nil {
			return nil, err
		}
		if members["proof"], err = writeJSON(append(set, proof)); err != nil {
			return nil, err
		}
	}
	return writeJSON(members)
}

// proofOptions is a proof without its value; the context may be nil.
func proofOptions(method models.IRI, created string, context json.RawMessage) object {
	options := object{
		"type":               text(proofType),
		"cryptosuite":        text(proofSuite),
		"verificationMethod": text(string(method)),
		"proofPurpose":       text(proofPurpose),
		"created":            text(created),
	}
	if context != nil {
		options["@context"] = context
	}
	return options
}

// proofHash is what is signed: the hash of the options, then that of the document,
// each in canonical form (vc-di-eddsa §3.3.4).
func proofHash(options object, docHash []byte) ([]byte, error) {
	hash, err := hashObject(options)
	return append(hash, docHash...), err
}

func hashObject(o object) ([]byte, error) {
	canonical, err := digest.JCS(o)
	sum := sha256.Sum256(canonical)
	return sum[:], err
}

// parseObject reads a document into canonical members. JSON of which two readers
// could disagree, as when a key comes twice, is no document.
func parseObject(doc []byte) (object, error) {
	canonical, err := digest.CanonicalJSON(doc)
	if err != nil {
		return nil, err
	}
	var members object
	if err := json.Unmarshal(canonical, &members); err != nil || members == nil {
		return nil, errors.New("sign: a document to prove is a JSON object")
	}
	return members, nil
}

func contextAsArray(members object) {
	if context := members["@context"]; context != nil && !isArray(context) {
		members["@context"] = json.RawMessage("[" + string(context) + "]")
	}
}

// asArray reads one or many.
func asArray(raw json.RawMessage) ([]json.RawMessage, error) {
	if !isArray(raw) {
		return []json.RawMessage{raw}, nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("sign: a list: %w", err)
	}
	return all, nil
}

func isArray(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("["))
}

// text writes a string as JSON.
func text(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always can be written
	return b
}

// writeJSON leaves <, > and & as they are.
func writeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("sign: write JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
