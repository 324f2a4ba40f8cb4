package main

import (
	"ensemble/federation/wire"
	"ensemble/models"
)

// A writer shows the client API how posts are sent to peers: web and federation do
// not know each other, so they meet here.
type writer struct{}

// Write returns the post as a document of its own.
func (writer) Write(n *models.Note, form models.Form) ([]byte, error) {
	return wire.EncodeNote(n, form, true)
}
