package web_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// sends posts a form with a picture, if alt is given, as a browser does.
func (d *desk) sends(cookie, path, alt string, fields ...string) *httptest.ResponseRecorder {
	d.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			d.Fatal(err)
		}
	}
	if alt != "" {
		if err := form.WriteField("alt", alt); err != nil {
			d.Fatal(err)
		}
		part, err := form.CreateFormFile("file", "mug.png")
		if err != nil {
			d.Fatal(err)
		}
		if err := png.Encode(part, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
			d.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		d.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

var mediumField = regexp.MustCompile(`name="media\[\]" value="(\d+)"`)

// medium returns the number of the one file on a page.
func (d *desk) medium(w *httptest.ResponseRecorder) string {
	d.Helper()
	found := mediumField.FindAllStringSubmatch(w.Body.String(), -1)
	if len(found) != 1 {
		d.Fatalf("%d files are on the page: %s", len(found), w.Body)
	}
	return found[0][1]
}

func TestAVersionIsLookedAtBeforeItIsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t, dialect)
		at, asked := "/collabs/"+d.collab.ID.String(), "/requests/"+d.collab.ID.String()
		look := d.sends(d.alice, at+"/revise", "A mug", "status", "Two mugs", "visibility", "public", "do", "look")
		d.shows(look, 200, "A new file:", "A mug")
		file := d.medium(look)
		d.shows(d.page(d.bro, asked, ""), 200, "!A mug") // nobody is shown what was not sent
		keep := []string{"status", "Two mugs", "visibility", "public", "media[]", file, "keep_" + file, "true", "alt_" + file}
		d.shows(d.sends(d.alice, at+"/revise", "", append(keep, "A blue mug", "do", "send")...), 303)
		d.shows(d.page(d.bro, asked, ""), 200, "A blue mug", "A new file:")
		d.shows(d.page(d.bro, asked+"/accept", "x=1"), 303)
		d.shows(d.sends(d.alice, at+"/revise", "", append(keep, "A green mug", "do", "look")...), 200, "A description is changed:", "green")
		d.shows(d.sends(d.alice, at+"/revise", "", "status", "Two mugs", "visibility", "unlisted", "sensitive", "true", "do", "send"), 303)
		d.shows(d.page(d.bro, asked, ""), 200, "A file is taken out:", "A blue mug", "It would be unlisted", "marked as sensitive")
		d.shows(d.sends(d.bro, at+"/revise", "", "status", "mine", "do", "send"), 303) // it is not his to revise
		d.shows(d.page(d.bro, at, ""), 200, "!mine</h1>")
		d.shows(d.sends(d.alice, at+"/revise", "", "status", "x", "media[]", "1", "keep_1", "true", "do", "look"), 404)
	})
}

func TestRepliesAreTakenOutFromThePage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t, dialect)
		at := "/collabs/" + d.collab.ID.String()
		d.shows(d.page(d.bro, "/requests/"+d.collab.ID.String()+"/accept", "x=1"), 303)
		var joint *models.Collab
		err := d.db.Read(context.Background(), func(tx *store.Tx) (err error) {
			joint, err = store.Get[models.Collab](tx, d.collab.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d.shows(d.page(d.alice, "/@alice/"+joint.PostID.String(), ""), 200, `href="`+at+`/revise"`, "!/compose?edit=")
		d.shows(d.page(d.alice, at+"/revise", ""), 200, `href="/compose?collab=`+d.collab.ID.String()+`"`)
		d.shows(d.page(d.alice, "/compose?collab="+d.collab.ID.String(), ""), 200, "Everybody who is in it is asked again", "Send the new version")
		d.shows(d.page(d.bro, "/compose?collab="+d.collab.ID.String(), ""), 404)
		d.account("eve", "")
		eve := d.signIn("eve")
		r := httptest.NewRequest("POST", "/session/api/v1/statuses", strings.NewReader("status=rude&visibility=public&in_reply_to_id="+joint.PostID.String()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", eve)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		if d.ServeHTTP(w, r); w.Code != 200 {
			t.Fatalf("eve answers: %d %s", w.Code, w.Body)
		}
		d.shows(d.page(d.bro, at, ""), 200, "rude", "Ask to take it out", "Only Alice takes replies out")
		mine := d.page(d.alice, at, "")
		d.shows(mine, 200, "rude", "Take it out")
		remove := regexp.MustCompile(at + `/replies/\d+/remove`).FindString(mine.Body.String())
		d.shows(d.page(d.bro, remove, "x=1"), 303) // asks
		d.shows(d.page(d.alice, at, ""), 200, "rude")
		d.shows(d.page(d.alice, remove, "x=1"), 303)
		d.shows(d.page(d.alice, at, ""), 200, "!rude")
		d.shows(d.page(d.alice, at+"/audit", ""), 200, "asked to take out a reply", "took out a reply")
	})
}
