package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// mostOutput is how much of what a tool prints is kept, in bytes.
const mostOutput = 256 << 10

// mostAlloc is the largest block of memory that a tool may ask for, in bytes.
const mostAlloc = 256 << 20

// decoders are the decoders that a stranger's file may reach: those of formats
// that cameras, phones and browsers write, out of ffmpeg's several hundred. The
// last line holds what such files carry along: covers and subtitles.
const decoders = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,h263,mjpeg,gif," +
	"aac,mp3,mp3float,opus,libopus,vorbis,libvorbis,flac,alac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb," +
	"pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw," +
	"png,mov_text,webvtt,subrip"

// demuxer returns the only ffmpeg demuxer that may read a file of this type.
// Naming it keeps ffmpeg from finding a playlist, which could name other files.
func demuxer(contentType string) string {
	switch contentType {
	case typeMP4, typeQuickTime, typeM4A:
		return "mov"
	case typeWebM:
		return "matroska"
	case typeMP3:
		return "mp3"
	case typeOgg:
		return "ogg"
	case typeWAV:
		return "wav"
	case typeFLAC:
		return "flac"
	case typeGIF:
		return "gif"
	case "hvc1":
		return "hevc"
	case "av01":
		return "ivf"
	}
	return ""
}

// HasFFmpeg reports whether ffmpeg and ffprobe are on PATH, without which video
// and sound are refused.
func HasFFmpeg() bool {
	_, missing := exec.LookPath("ffmpeg")
	_, absent := exec.LookPath("ffprobe")
	return missing == nil && absent == nil
}

// from returns the arguments that make a tool read f, and nothing else, and no frame
// that is larger than what may be uploaded.
func (j *job) from(f File) []string {
	return []string{"-protocol_whitelist", "file", "-codec_whitelist", decoders, "-max_pixels", strconv.FormatInt(max(j.limits.Pixels, j.limits.VideoPixels)+1<<20, 10),
		"-f", demuxer(f.Type), "-i", "file:" + f.Path}
}

// ffmpeg runs ffmpeg, which may not ask, not overwrite and not outlive the limits.
func (j *job) ffmpeg(ctx context.Context, args ...string) error {
	_, err := j.run(ctx, "ffmpeg", append([]string{"-nostdin", "-hide_banner", "-loglevel", "error", "-n",
		"-max_alloc", strconv.Itoa(mostAlloc), "-timelimit", cpuSeconds(j.limits.Work)}, args...)...)
	return err
}

// cpuSeconds allows two cores for all of the time; it is what stops ffmpeg if
// this process dies and cannot.
func cpuSeconds(work time.Duration) string {
	return strconv.Itoa(int(math.Ceil(2 * work.Seconds())))
}

// run runs a tool, gently where there is nice, in the job's folder and with next
// to no environment, and returns what it prints. If the tool is unhappy then it
// is because of the file, which is refused.
func (j *job) run(ctx context.Context, tool string, args ...string) ([]byte, error) {
	path, err := exec.LookPath(tool)
	if err != nil {
		return nil, errNoFFmpeg
	}
	if nice, err := exec.LookPath("nice"); err == nil {
		path, args = nice, append([]string{"-n", "10", path}, args...)
	}
	limited, cancel := context.WithTimeout(ctx, j.limits.Work)
	defer cancel()
	var out, complaint capped
	cmd := exec.CommandContext(limited, path, args...)
	cmd.Dir = j.folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH"), "LC_ALL=C"}
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.WaitDelay = 5 * time.Second
	err = inBounds(cmd)
	var exit *exec.ExitError
	said := string(complaint.bytes)
	switch {
	case err == nil && (strings.Contains(said, "ended prematurely") || strings.Contains(said, "partial file")):
		return nil, complain(tool, io.ErrUnexpectedEOF, said)
	case err == nil:
		return out.bytes, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, errSlow
	case errors.As(err, &exit):
		return nil, complain(tool, err, said)
	}
	return nil, fmt.Errorf("run %s: %w", tool, err)
}

// inBounds runs cmd with no more memory than a tool may have.
func inBounds(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := bounded(cmd.Process); err != nil {
		return errors.Join(fmt.Errorf("limit its memory: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	return cmd.Wait()
}

// complain words a refusal; what the tool said is for the operator.
func complain(tool string, err error, said string) error {
	refusal := errBroken
	switch {
	case strings.Contains(said, "not on whitelist"):
		refusal = errCodec
	case strings.Contains(said, "Cannot allocate memory"), strings.Contains(said, "malloc of size"):
		refusal = errHeavy
	}
	return fmt.Errorf("%w (%s: %v: %s)", refusal, tool, err, shortened(strings.TrimSpace(said)))
}

// capped keeps the first mostOutput bytes that are written to it.
type capped struct{ bytes []byte }

func (c *capped) Write(p []byte) (int, error) {
	c.bytes = append(c.bytes, p[:min(len(p), mostOutput-len(c.bytes))]...)
	return len(p), nil
}
