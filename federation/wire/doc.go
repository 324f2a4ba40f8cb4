// Package wire turns our nouns into ActivityStreams JSON, and what peers send
// into our nouns. It writes with go-fed's typed object model and reads with a
// small strict parser of its own over the raw bytes; both stay in here, and no
// go-fed type leaves it. It asks no questions of trust: who may say what is
// decided by whoever called it.
package wire

import _ "embed"

// Namespace is where our own terms live, and ContextURL the JSON-LD context that
// names them (ensemble/1 §2).
const (
	Namespace  = "https://w3id.org/ensemble#"
	ContextURL = "https://w3id.org/ensemble/v1"
)

// Limits on what is read (ensemble/1 §7 G1, SECURITY rule 10). Lists are cut
// off at their limit; content or summary that is too long, and anything that
// breaks the first three, is refused.
const (
	MaxBody        = 1 << 20 // bytes
	MaxDepth       = 32      // of nested objects and arrays
	MaxValues      = 1 << 16 // objects, arrays and scalars in one document
	MaxContent     = 256 << 10
	MaxSummary     = 16 << 10
	MaxIRI         = 2048 // a longer id or actor is refused, a longer link is left out
	MaxName        = 1024 // names and other short texts are cut off here
	MaxAlt         = 16 << 10
	MaxAudience    = 1000
	MaxMentions    = 100
	MaxObjects     = 200 // of a Flag
	MaxTags        = 100
	MaxAttachments = 32
	MaxClaims      = 64
	MaxFields      = 32
	MaxKeys        = 16 // of one actor, each kind
	MaxAliases     = 32 // alsoKnownAs
	MaxLanguages   = 16 // of contentMap
)

//go:embed ensemble-v1.jsonld
var contextDocument []byte

// ContextDocument returns the document to be served at ContextURL as
// application/ld+json (ensemble/1 §2).
func ContextDocument() []byte { return append([]byte(nil), contextDocument...) }
