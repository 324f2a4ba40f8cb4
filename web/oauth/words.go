package oauth

import (
	"embed"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

//go:embed pages/*.html words/*.json
var files embed.FS

var set = page.New(files)

func say(c *call.Call, key string) string { return set.Say(c, "auth."+key) }

// Words says what a code of an error means: see page.Set.
func Words(c *call.Call, code string) string { return set.Words(c, code) }

func language(c *call.Call) string { return c.Language(page.Languages...) }

// said says an error in the reader's words, where there are any.
func said(c *call.Call, err error) string {
	if key := "error." + models.CodeOf(err); set.For(c).Can(key) {
		return set.Say(c, key)
	}
	return err.Error()
}
