package main

import (
	"testing"

	"ensemble/models"
	"ensemble/web/api"
	"ensemble/web/openapi"
)

// TestHouseDocumentsItsAPI finds every route of our own API in its document, and the
// other way round. Which parameters each reads is compared in web/openapi.
func TestHouseDocumentsItsAPI(t *testing.T) {
	if _, err := openapi.Compose(models.Site{Origin: "https://one.example"}, (&api.API{}).Routes()); err != nil {
		t.Error(err)
	}
}
