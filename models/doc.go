// Package models holds the nouns of Ensemble, their states, and the rules that
// each can keep by itself. It imports nothing but the standard library: no SQL,
// no JSON-LD, no HTTP. A noun points at another by ID, never by pointer; a rule
// that needs a second noun, or the database, belongs to activities.
package models
