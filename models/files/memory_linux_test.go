package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

// The tool is a shell script here, which tells what it may take when it is told to.
func TestToolsAreBoundInMemory(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\n/bin/sleep 0.3\nwhile read -r line; do case $line in *data*) echo \"$line\" >&2;; esac; done </proc/self/limits\nexit 1\n"
	check(t, os.WriteFile(filepath.Join(bin, "ffprobe"), []byte(script), 0o700))
	t.Setenv("PATH", bin)
	j := &job{limits: Limits{Work: 30 * time.Second}.filled(), folder: t.TempDir()}
	_, err := j.run(t.Context(), "ffprobe")
	if err == nil || !strings.Contains(err.Error(), "1073741824") || models.CodeOf(err) != "media-broken" {
		t.Errorf("the tool may take: %v", err)
	}
}

// A film whose header asks for more than there is is refused, and nothing else falls.
func TestFilmsThatAskForMemory(t *testing.T) {
	b := clipOf(t, "a.mp4", "-f", "lavfi", "-i", "color=size=64x64:duration=1:rate=5", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	l := limitsIn(t)
	j := &job{limits: l.filled(), folder: t.TempDir()}
	j.source = File{Path: filepath.Join(j.folder, "source.mp4"), Type: typeMP4}
	check(t, os.WriteFile(j.source.Path, b, 0o600))
	out := filepath.Join(j.folder, "large.mp4")
	err := j.ffmpeg(t.Context(), append(j.from(j.source), "-vf", "scale=16000:16000", "-c:v", "libx264", "-f", "mp4", "file:"+out)...)
	if models.CodeOf(err) != "media-heavy" {
		t.Errorf("got %v", err)
	}
}
