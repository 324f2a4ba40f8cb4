package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ensemble/models"
)

// tell are arguments that make ffmpeg write down what nobody should learn.
var tell = []string{"-metadata", "title=TITLESECRET", "-metadata", "location=+48.8583+002.2944/", "-metadata", "comment=COMMENTSECRET",
	"-metadata:s:0", "title=TRACKSECRET", "-metadata", "creation_time=2026-01-02T03:04:05Z"}

const (
	picture2s = "testsrc=duration=2:size=320x240:rate=25"
	sound2s   = "sine=frequency=440:duration=2"
)

func film(t testing.TB, name string, more ...string) []byte {
	args := []string{"-f", "lavfi", "-i", picture2s, "-f", "lavfi", "-i", sound2s, "-pix_fmt", "yuv420p", "-shortest"}
	return clipOf(t, name, append(append(args, tell...), more...)...)
}

func hasNoSecrets(t *testing.T, f File) {
	t.Helper()
	b := content(t, f)
	for _, secret := range []string{"SECRET", "48.8583", "\xa9xyz", "x264 - core"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%q is still in %s", secret, f.Path)
		}
	}
}

func TestFilmLosesItsMetadata(t *testing.T) {
	for name, told := range map[string][]string{"a.mp4": {"TITLESECRET", "x264 - core"}, "a.mov": {"COMMENTSECRET", "48.8583", "\xa9xyz"}} {
		t.Run(name, func(t *testing.T) {
			b := film(t, name, "-c:v", "libx264", "-c:a", "aac")
			for _, secret := range told {
				if !bytes.Contains(b, []byte(secret)) {
					t.Fatalf("the film never told %q", secret)
				}
			}
			p := process(t, b)
			hasNoSecrets(t, p.Original)
			if p.Kind != Video || p.Original.Type != typeMP4 || p.Original.Width != 320 || p.Original.Height != 240 ||
				math.Abs(p.Seconds-2) > 0.2 || p.Rate != 25 || p.Small.Width != 320 {
				t.Errorf("got %+v", p)
			}
			again := inspect(t, content(t, p.Original))
			if again.Digest != p.Digest || again.Blurhash != p.Blurhash || again.Kind != Video || again.Seconds != p.Seconds {
				t.Errorf("a peer sees %+v, we %+v", again, p)
			}
		})
	}
}

func TestFilmsBecomeMP4(t *testing.T) {
	for name, args := range map[string][]string{
		"a.webm": {"-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"},
		"b.mov":  {"-c:v", "mjpeg", "-c:a", "pcm_s16le"},
		"c.mp4":  {"-c:v", "mpeg4", "-c:a", "aac"},
		"d.mp4":  {"-c:v", "libx264", "-pix_fmt", "yuv444p", "-an"},
	} {
		t.Run(name, func(t *testing.T) {
			p := process(t, film(t, name, args...))
			hasNoSecrets(t, File{Path: p.Original.Path, Type: typeMP4})
			l := limitsIn(t)
			j := &job{limits: l.filled(), folder: p.folder}
			c, err := j.probe(context.Background(), p.Original)
			check(t, err)
			if c.film.Codec != "h264" || c.film.Pixels != "yuv420p" || (c.sound == nil) != (name == "d.mp4") || c.sound != nil && c.sound.Codec != "aac" {
				t.Errorf("film %+v, sound %+v", c.film, c.sound)
			}
			if p.Kind != Video || p.Original.Type != typeMP4 || math.Abs(p.Seconds-2) > 0.2 {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestFilmIsShownUpright(t *testing.T) {
	b := film(t, "a.mp4", "-c:v", "libx264", "-an")
	at := bytes.Index(b, []byte("tkhd")) + 4 + 40 // the matrix of ISO/IEC 14496-12 §8.3.2
	copy(b[at:], "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf0\x00\x00")
	for name, l := range map[string]int{"copied": 3840, "transcoded": 300} {
		limits := limitsIn(t)
		limits.Edge, limits.VideoEdge = l, min(l, 1920)
		p, err := Process(context.Background(), bytes.NewReader(b), "", "", limits)
		check(t, err)
		if p.Original.Width >= p.Original.Height || p.Small.Width >= p.Small.Height || p.Original.Height > l {
			t.Errorf("%s: %+v, %+v", name, p.Original, p.Small)
		}
		check(t, p.Close())
	}
}

func TestSounds(t *testing.T) {
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"a.mp3", typeMP3, []string{"-c:a", "libmp3lame"}},
		{"a.ogg", typeOgg, []string{"-c:a", "libvorbis"}},
		{"b.ogg", typeOgg, []string{"-c:a", "libopus"}},
		{"a.wav", typeM4A, nil},
		{"a.flac", typeM4A, nil},
		{"a.m4a", typeM4A, []string{"-c:a", "aac"}},
		{"a.webm", typeM4A, []string{"-c:a", "libopus"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := clipOf(t, c.name, append(append([]string{"-f", "lavfi", "-i", sound2s}, tell...), c.args...)...)
			if !bytes.Contains(b, []byte("SECRET")) {
				t.Fatal("the sound never told its title")
			}
			p := process(t, b)
			hasNoSecrets(t, p.Original)
			if p.Kind != Audio || p.Original.Type != c.want || math.Abs(p.Seconds-2) > 0.2 || p.Small.Path != "" || p.Rate != 0 {
				t.Errorf("got %+v", p)
			}
			if again := inspect(t, content(t, p.Original)); again.Kind != Audio || again.Original.Type != c.want {
				t.Errorf("a peer sees %+v", again)
			}
		})
	}
}

func TestCoverIsNoFilm(t *testing.T) {
	cover := t.TempDir() + "/cover.png"
	check(t, os.WriteFile(cover, pngOf(t, scene(50, 50)), 0o600))
	b := clipOf(t, "a.mp3", "-f", "lavfi", "-i", sound2s, "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic")
	if p := process(t, b); p.Kind != Audio || bytes.Contains(content(t, p.Original), []byte("IHDR")) {
		t.Errorf("got %+v", p)
	}
}

func TestFilmsOverTheLimits(t *testing.T) {
	b := film(t, "a.mp4", "-c:v", "libx264", "-c:a", "aac")
	refuse(t, b, "media-long", func(l *Limits) { l.Duration = time.Second })
	refuse(t, b, "media-pixels", func(l *Limits) { l.VideoPixels = 76_799 })
	refuse(t, b, "media-large", func(l *Limits) { l.VideoBytes = int64(len(b)) - 1 })
	refuse(t, b, "media-slow", func(l *Limits) { l.Work = time.Nanosecond })
	refuse(t, b[:len(b)/2], "media-broken", nil)
	refuse(t, append([]byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42"), "<html><script>"...), "media-broken", nil)
	refuse(t, []byte("ID3\x04\x00\x00\x00\x00\x00\x00<html><script>alert(1)</script>"), "media-broken", nil)
	refuse(t, clipOf(t, "a.ogg", "-f", "lavfi", "-i", picture2s, "-c:v", "libtheora"), "media-codec", nil)
}

// A film without a duration in its header, as browsers record it, is cut by the
// limit while it is converted, and refused then.
func TestLiveRecordingOverTheLimit(t *testing.T) {
	b := clipOf(t, "a.webm", "-f", "lavfi", "-i", "testsrc=duration=4:size=64x48:rate=10", "-c:v", "libvpx", "-live", "1", "-f", "webm")
	l := limitsIn(t)
	p, err := Process(context.Background(), bytes.NewReader(b), "", "", l)
	check(t, err)
	if math.Abs(p.Seconds-4) > 0.3 {
		t.Errorf("plays %v s", p.Seconds)
	}
	check(t, p.Close())
	l.Duration = 2 * time.Second
	if _, err := Process(context.Background(), bytes.NewReader(b), "", "", l); models.CodeOf(err) != "media-long" {
		t.Errorf("got %v", err)
	}
}

func TestWithoutFFmpeg(t *testing.T) {
	b := film(t, "a.mp4", "-c:v", "libx264")
	t.Setenv("PATH", t.TempDir())
	refuse(t, b, "media-no-ffmpeg", nil)
	if HasFFmpeg() {
		t.Error("ffmpeg on an empty PATH")
	}
	process(t, jpegOf(t, scene(20, 20)))
}

func TestFilmCutShort(t *testing.T) {
	for name, args := range map[string][]string{
		"a.mp4":  {"-c:v", "libx264", "-movflags", "+faststart"},
		"a.webm": {"-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"},
	} {
		b := clipOf(t, name, append([]string{"-f", "lavfi", "-i", "testsrc=duration=6:size=160x120:rate=10"}, args...)...)
		inspect(t, b)
		refuse(t, b[:len(b)/2], "media-broken", nil)
	}
}

// The tool is a shell script here, which tells what it was given and then hangs.
func TestCancelStopsFFmpeg(t *testing.T) {
	bin := t.TempDir()
	pipe := filepath.Join(bin, "pipe")
	check(t, syscall.Mkfifo(pipe, 0o600))
	script := "#!/bin/sh\n(echo \"$@\"; /usr/bin/env) >" + pipe + "\nexec /bin/sleep 600\n"
	check(t, os.WriteFile(filepath.Join(bin, "ffprobe"), []byte(script), 0o700))
	t.Setenv("PATH", bin)
	t.Setenv("DATABASE_URL", "ENVSECRET")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	told := make(chan string)
	go func() {
		b, err := os.ReadFile(pipe)
		told <- fmt.Sprint(string(b), err)
		cancel()
	}()
	done := make(chan error)
	l := limitsIn(t)
	go func() {
		_, err := Process(ctx, strings.NewReader("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42"), "", "", l)
		done <- err
	}()
	said := <-told
	if !strings.Contains(said, "-protocol_whitelist file") || !strings.Contains(said, "-f mov") || strings.Contains(said, "ENVSECRET") {
		t.Errorf("the tool was given %s", said)
	}
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
