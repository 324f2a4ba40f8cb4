package api_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"mime/multipart"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/media"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// sending makes a form of fields, and of files whose field names begin with @.
func sending(t *testing.T, parts ...string) *form {
	t.Helper()
	f := &form{}
	w := multipart.NewWriter(f)
	for i := 0; i+1 < len(parts); i += 2 {
		name, isFile := strings.CutPrefix(parts[i], "@")
		part, err := w.CreateFormField(name)
		if isFile {
			part, err = w.CreateFormFile(name, "upload.bin")
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	f.kind = w.FormDataContentType()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}

// made has ffmpeg make a file.
func made(t *testing.T, name string, args ...string) string {
	t.Helper()
	if !files.HasFFmpeg() {
		t.Skip("ffmpeg is not on PATH, and only it can make films")
	}
	path := filepath.Join(t.TempDir(), name)
	out, err := exec.Command("ffmpeg", append(append([]string{"-nostdin", "-v", "error"}, args...), path)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func film(t *testing.T) string {
	return made(t, "a.mov", "-f", "lavfi", "-i", "testsrc=duration=2:size=320x240:rate=25", "-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=44100",
		"-c:v", "mjpeg", "-c:a", "pcm_s16le", "-ac", "2", "-metadata", "location=+48.8583+002.2944/")
}

func sound(t *testing.T) string {
	return made(t, "a.wav", "-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=44100", "-ac", "1")
}

func movingGIF(t *testing.T) string {
	t.Helper()
	g := &gif.GIF{}
	for i := range 4 {
		img := image.NewPaletted(image.Rect(0, 0, 40, 20), color.Palette{color.Black, color.White})
		img.SetColorIndex(i, i, 1)
		g.Image, g.Delay = append(g.Image, img), append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// desk is where the uploads of s are converted.
func (s *server) desk() *media.Desk { return &media.Desk{DB: s.db, Files: s.disk} }

// works begins to work the tasks of uploads.
func (s *server) works() {
	s.Helper()
	w := store.NewWorkers(s.db)
	s.desk().Work(w)
	store.Work(w, func(_ context.Context, d post.Discard) error {
		for _, k := range d.Keys {
			if err := s.disk.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.db.Start(context.Background(), w); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := s.db.Stop(context.Background()); err != nil {
			s.Error(err)
		}
	})
}

func (s *server) upload(id string) (m *models.Media) {
	s.Helper()
	s.do(func(tx *store.Tx) (err error) {
		n, err := models.ParseID(id)
		if err == nil {
			m, err = store.Get[models.Media](tx, n)
		}
		return err
	})
	return m
}

// converted waits until an upload is processed.
func (s *server) converted(id string) *models.Media {
	s.Helper()
	for range 1200 {
		if m := s.upload(id); m.State != models.MediaProcessing {
			return m
		}
		time.Sleep(50 * time.Millisecond) // it is another program that works
	}
	s.Fatal("it is still processed")
	return nil
}

func TestFilmIsConvertedByATask(t *testing.T) {
	clip, poster := film(t), made(t, "a.png", "-f", "lavfi", "-i", "color=red:size=60x40", "-frames:v", "1")
	each(t, func(s *server) {
		a := s.ask("ada", "POST", "/api/v2/media", sending(t, "@file", clip, "description", "words", "focus", "0.5,-0.5")).is(202)
		a.has("url", nil).has("preview_url", nil).has("type", "video").has("description", "words")
		id := a.str("id")
		s.ask("ada", "GET", "/api/v1/media/"+id, nil).is(206).has("url", nil).has("type", "video")
		s.ask("bo", "GET", "/api/v1/media/"+id, nil).is(404)
		s.ask("bo", "PUT", "/api/v1/media/"+id, "description=mine").is(404)
		s.ask("ada", "POST", "/api/v1/statuses", "status=look&media_ids[]="+id).is(422).
			has("error", "Cannot attach files that have not finished processing. Try again in a moment!")
		s.ask("ada", "PUT", "/api/v1/media/"+id, "description=better+words").is(206).has("description", "better words")
		source := s.upload(id).SourceKey
		s.works()
		s.converted(id)
		v := s.get("ada", "/api/v1/media/"+id)
		v.has("type", "video").has("description", "better words").has("meta.focus.x", 0.5).has("meta.original.width", 320).
			has("meta.original.height", 240).has("meta.original.size", "320x240").has("meta.original.frame_rate", "25/1").
			has("meta.small.width", 320).has("meta.size", "320x240").has("meta.fps", 25).has("meta.width", 320).has("meta.height", 240).
			has("meta.audio_encode", "aac (LC)").has("meta.audio_bitrate", "44100 Hz").has("meta.audio_channels", "stereo")
		if l := v.str("meta.length"); !strings.HasPrefix(l, "0:00:02.") && !strings.HasPrefix(l, "0:00:01.9") {
			t.Errorf("length is %q", l)
		}
		if n, _ := v.at("meta.original.bitrate").(float64); n < 1000 || v.str("blurhash") == "" || v.str("preview_url") == "" {
			t.Errorf("got %s", v.raw)
		}
		s.gone(source)
		s.post("ada", "/api/v1/statuses", "status=look&media_ids[]="+id).has("media_attachments.0.meta.original.frame_rate", "25/1").
			has("media_attachments.0.meta.audio_channels", "stereo").has("media_attachments.0.meta.small.height", 240)
		b, _ := s.bytesOf(id)
		if bytes.Contains(b, []byte("48.8583")) {
			t.Error("it tells where it was made")
		}

		// A picture that was chosen is shown in place of a frame.
		posed := s.ask("ada", "POST", "/api/v2/media", sending(t, "@file", clip, "@thumbnail", poster)).is(202).str("id")
		s.converted(posed)
		s.get("ada", "/api/v1/media/"+posed).has("meta.small.width", 60).has("meta.small.height", 40).has("meta.original.width", 320)
		s.ask("ada", "PUT", "/api/v1/media/"+posed, sending(t, "@thumbnail", "<html>")).is(422)
		s.ask("ada", "PUT", "/api/v1/media/"+posed, sending(t, "@thumbnail", clip)).is(422)
		second := made(t, "b.png", "-f", "lavfi", "-i", "color=blue:size=30x40", "-frames:v", "1")
		s.ask("ada", "PUT", "/api/v1/media/"+posed, sending(t, "@thumbnail", second)).is(200).has("meta.small.width", 30)
	}, "ada", "bo")
}

// bytesOf returns what is stored of an upload.
func (s *server) bytesOf(id string) (b []byte, m *models.Media) {
	s.Helper()
	m = s.upload(id)
	f, _, err := s.disk.Open(m.Key)
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if _, err := out.ReadFrom(f); err != nil {
		s.Fatal(err)
	}
	return out.Bytes(), m
}

func TestSoundAndMovingGIF(t *testing.T) {
	wav, moving := sound(t), movingGIF(t)
	each(t, func(s *server) {
		s.works()
		id := s.ask("ada", "POST", "/api/v2/media", sending(t, "@file", wav)).is(202).has("type", "audio").str("id")
		s.converted(id)
		s.get("ada", "/api/v1/media/"+id).has("type", "audio").has("preview_url", nil).has("blurhash", nil).has("meta.audio_channels", "mono").
			has("meta.audio_encode", "aac (LC)").has("meta.original.width", nil).has("meta.fps", nil)
		if d, _ := s.get("ada", "/api/v1/media/"+id).at("meta.original.duration").(float64); d < 1.9 || d > 2.2 {
			t.Errorf("plays %v s", d)
		}
		id = s.ask("ada", "POST", "/api/v2/media", sending(t, "@file", moving)).is(202).has("type", "gifv").str("id")
		s.converted(id)
		s.get("ada", "/api/v1/media/"+id).has("type", "gifv").has("meta.original.width", 40).has("meta.audio_encode", nil)
		s.post("ada", "/api/v1/media", sending(t, "@file", wav)).has("type", "audio").has("meta.audio_bitrate", "44100 Hz")
		s.post("ada", "/api/v1/media", sending(t, "@file", moving)).has("type", "gifv")
	}, "ada")
}

// A conversion that fails says why, in words, and what was uploaded is gone.
func TestConversionThatFails(t *testing.T) {
	clip := film(t)
	each(t, func(s *server) {
		id := s.ask("ada", "POST", "/api/v2/media", sending(t, "@file", clip)).is(202).str("id")
		m := s.upload(id)
		if _, err := s.disk.Put(context.Background(), m.SourceKey, strings.NewReader(clip[:len(clip)/2])); err != nil {
			t.Fatal(err)
		}
		s.works()
		if m := s.converted(id); m.State != models.MediaFailed || m.Error == "" || len(m.Keys()) > 0 {
			t.Errorf("got %+v", m)
		}
		s.ask("ada", "GET", "/api/v1/media/"+id, nil).is(422).has("error", "This file is damaged, cut short, or not what it claims to be.")
		s.ask("ada", "POST", "/api/v1/statuses", "status=look&media_ids[]="+id).is(422).has("code", "media_failed")
		s.ask("ada", "DELETE", "/api/v1/media/"+id, nil).is(200)
	}, "ada")
}

// What a process had begun when it died is begun anew, but not for ever; and what was
// taken away meanwhile does not come back.
func TestConversionOutlivesTheProcess(t *testing.T) {
	wav := sound(t)
	each(t, func(s *server) {
		var ids []string
		for range 3 {
			ids = append(ids, s.ask("ada", "POST", "/api/v2/media", sending(t, "@file", wav)).is(202).str("id"))
		}
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Media](tx, map[string]any{"tries": 5}, "id = ?", s.upload2(tx, ids[1]).ID)
			return err
		})
		s.ask("ada", "DELETE", "/api/v1/media/"+ids[2], nil).is(200)
		s.now = s.now.Add(2 * time.Minute)
		if err := s.desk().Sweep(context.Background()); err != nil { // the queue knows them, and is asked once
			t.Fatal(err)
		}
		s.works()
		if m := s.converted(ids[0]); m.State != models.MediaReady || m.Tries != 1 {
			t.Errorf("got %+v", m)
		}
		if m := s.converted(ids[1]); m.State != models.MediaFailed || !strings.Contains(m.Error, "5 times") {
			t.Errorf("got %+v", m)
		}
		s.ask("ada", "GET", "/api/v1/media/"+ids[2], nil).is(404)
	}, "ada")
}

func (s *server) upload2(tx *store.Tx, id string) *models.Media {
	n, err := models.ParseID(id)
	if err != nil {
		s.Fatal(err)
	}
	m, err := store.Get[models.Media](tx, n)
	if err != nil {
		s.Fatal(err)
	}
	return m
}

// Nothing that is refused leaves a row, and each refusal is a sentence.
func TestUploadsThatAreRefused(t *testing.T) {
	each(t, func(s *server) {
		picture := upload(t, "file").String()
		for name, c := range map[string]struct {
			status int
			body   any
		}{
			"no file":             {422, sending(t, "description", "words")},
			"an empty file":       {422, sending(t, "@file", "")},
			"a page":              {422, sending(t, "@file", "<!doctype html><script>alert(1)</script>")},
			"a drawing":           {422, sending(t, "@file", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
			"a script":            {422, sending(t, "@file", "alert(1)")},
			"a playlist":          {422, sending(t, "@file", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")},
			"a document":          {422, sending(t, "@file", `{"@context":"https://www.w3.org/ns/activitystreams"}`)},
			"a film that is none": {422, sending(t, "@file", "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42<html>")},
			"a long description":  {422, sending(t, "@file", picture, "description", strings.Repeat("x", 1501))},
			"a focus beyond":      {422, sending(t, "@file", picture, "focus", "2,0")},
			"a focus of words":    {422, sending(t, "@file", picture, "focus", "left")},
			"no form":             {422, map[string]any{"file": "x"}},
		} {
			for _, path := range []string{"/api/v1/media", "/api/v2/media"} {
				body := c.body
				if f, ok := body.(*form); ok { // which is read to its end
					body = &form{*bytes.NewBuffer(bytes.Clone(f.Bytes())), f.kind}
				}
				if a := s.ask("ada", "POST", path, body); a.status != c.status || a.str("error") == "" {
					t.Errorf("%s: %d %s", name, a.status, a.raw)
				}
			}
		}
		s.ask("ada/read", "POST", "/api/v2/media", upload(t, "file")).is(403)
		s.ask("", "POST", "/api/v2/media", upload(t, "file")).is(401)
		s.ask("ada", "GET", "/api/v1/media/12345", nil).is(404)
		s.ask("ada", "PUT", "/api/v1/media/x", nil).is(404)
		s.do(func(tx *store.Tx) error {
			n, err := store.Count[models.Media](tx, "true")
			if n != 0 {
				t.Errorf("%d rows", n)
			}
			return err
		})
	}, "ada")
}

func TestPicturesAreReadyAtOnce(t *testing.T) {
	each(t, func(s *server) {
		for _, path := range []string{"/api/v1/media", "/api/v2/media"} {
			a := s.post("ada", path, upload(t, "file", "description", " words ", "focus", "-1,1"))
			a.has("type", "image").has("description", "words").has("meta.original.width", 80).has("meta.original.height", 40).
				has("meta.original.size", "80x40").has("meta.original.aspect", 2).has("meta.small.size", "80x40").has("meta.focus.x", -1)
			a.shaped("", attachmentShape)
			if a.str("blurhash") == "" {
				t.Error("no blurhash")
			}
		}
	}, "ada")
}

// Uploads that nobody used go after a day, and their bytes with them.
func TestUnusedUploadsGo(t *testing.T) {
	each(t, func(s *server) {
		used, spare := s.post("ada", "/api/v2/media", upload(t, "file")).str("id"), s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		s.say("ada", "status=x&media_ids[]="+used)
		keys := s.upload(spare).Keys()
		sweep := func() { s.do(post.Sweep) }
		s.now = s.now.Add(23 * time.Hour)
		sweep()
		s.get("ada", "/api/v1/media/"+spare)
		s.now = s.now.Add(2 * time.Hour)
		sweep()
		s.ask("ada", "GET", "/api/v1/media/"+spare, nil).is(404)
		s.get("ada", "/api/v1/media/"+used)
		s.works()
		s.gone(keys...)
	}, "ada")
}

// The files of a deleted account go with it.
func TestFilesOfTheDeletedGo(t *testing.T) {
	each(t, func(s *server) {
		used, spare := s.post("ada", "/api/v2/media", upload(t, "file")).str("id"), s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		s.say("ada", "status=x&media_ids[]="+used)
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", upload(t, "avatar")).is(200)
		others := s.post("bo", "/api/v2/media", upload(t, "file")).str("id")
		keys := append(s.upload(used).Keys(), s.upload(spare).Keys()...)
		s.do(func(tx *store.Tx) error {
			ada, err := store.Hold[models.Account](tx, s.people["ada"].ID)
			if err != nil {
				return err
			}
			return account.Delete(tx, ada)
		})
		s.do(func(tx *store.Tx) error {
			n, err := store.Count[models.Media](tx, "account_id = ?", s.people["ada"].ID)
			if n != 0 {
				t.Errorf("%d rows are left", n)
			}
			return err
		})
		s.works()
		s.gone(keys...)
		s.get("bo", "/api/v1/media/"+others)
	}, "ada", "bo")
}

// gone waits until there are no files under those keys.
func (s *server) gone(keys ...string) {
	s.Helper()
	for _, k := range keys {
		there := true
		for i := 0; there && i < 500; i++ {
			there, _ = s.disk.Exists(k)
			time.Sleep(10 * time.Millisecond) // a task removes it
		}
		if there {
			s.Errorf("%s is still there", k)
		}
	}
}

// An upload is in one post, and stays there when that is edited.
func TestUploadIsInOnePost(t *testing.T) {
	each(t, func(s *server) {
		id := s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		first := s.say("ada", "status=x&media_ids[]="+id)
		s.ask("ada", "POST", "/api/v1/statuses", "status=y&media_ids[]="+id).is(422).has("error", "Media "+id+" not found or already attached to another post")
		s.ask("bo", "POST", "/api/v1/statuses", "status=y&media_ids[]="+id).is(422).has("code", "media_not_found")
		other := s.say("ada", "status=y")
		s.ask("ada", "PUT", "/api/v1/statuses/"+other, "status=y&media_ids[]="+id).is(422)
		s.ask("ada", "PUT", "/api/v1/statuses/"+first, "status=z&media_ids[]="+id).is(200).has("media_attachments.0.id", id)
		s.ask("ada", "DELETE", "/api/v1/statuses/"+first, nil).is(200)
		s.say("ada", "status=x&media_ids[]="+id) // deleted, and written anew
		planned := s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		at := s.now.Add(time.Hour).UTC().Format(time.RFC3339)
		s.post("ada", "/api/v1/statuses", map[string]any{"status": "later", "media_ids": []string{planned}, "scheduled_at": at})
		s.ask("ada", "DELETE", "/api/v1/media/"+planned, nil).is(422).has("code", "media_in_use")
	}, "ada", "bo")
}
