package web_test

import (
	"testing"

	"ensemble/models"
)

// Files of other servers are shown as they are described: a sound has no picture, a film
// may have none, and what nobody can show is a link.
func TestFilesOfOtherServersAreShown(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	bob := r.account("bob", "two.example")
	p := r.post(bob, "<p>four files</p>", models.VisPublic)
	p.Attachments = []models.Attachment{
		{Kind: "image", MediaType: "image/png", URL: "https://two.example/1.png", PreviewURL: "https://two.example/1s.png", Alt: "Hills", Width: 30, Height: 20},
		{Kind: "video", MediaType: "video/mp4", URL: "https://two.example/2.mp4"},
		{Kind: "audio", MediaType: "audio/mpeg", URL: "https://two.example/3.mp3", Alt: "A tone"},
		{Kind: "unknown", MediaType: "application/pdf", URL: "https://two.example/4.pdf", Alt: "A paper"},
	}
	r.put(p)
	r.send("/people/"+bob.ID.String()+"/follow", nil)
	for _, path := range []string{"/@bob@two.example/" + p.ID.String(), "/public", "/@bob@two.example"} {
		r.says(r.get(path, 200), "four files", `alt="Hills"`, "<video", `aria-label="Video without a description"`, "<audio", `aria-label="A tone"`, "A paper", `href="https://two.example/4.pdf"`)
	}
	r.speak("fr")
	r.says(r.get("/@bob@two.example/"+p.ID.String(), 200), "Vidéo sans description")
}
