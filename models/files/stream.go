package files

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"ensemble/models"
)

// mostRate is how many frames a second a film may have before it is thinned out.
const mostRate = 60

// clean keeps everything that describes a file out of it: tags, chapters,
// subtitles, data tracks such as GPS, and the name of the program that wrote it.
var clean = []string{"-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn",
	"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"}

// convertStream makes what is stored here of a film or a sound.
func (j *job) convertStream(ctx context.Context) (_ *Processed, err error) {
	c := j.clip
	if c == nil {
		if c, err = j.probe(ctx, j.source); err != nil {
			return nil, err
		}
	}
	if c.film == nil {
		return j.convertSound(ctx, c)
	}
	out, err := j.write(ctx, typeMP4, j.filmArgs(c, true))
	if models.KindOf(err) == models.Invalid && !errors.Is(err, errSlow) && j.copies(c) {
		out, err = j.write(ctx, typeMP4, j.filmArgs(c, false))
	}
	if err != nil {
		return nil, err
	}
	return j.finish(ctx, Video, out, c.seconds)
}

// convertGIF makes a film of a moving GIF.
func (j *job) convertGIF(ctx context.Context) (*Processed, error) {
	c, err := j.probe(ctx, j.source)
	if err != nil {
		return nil, err
	}
	c.sound = nil
	out, err := j.write(ctx, typeMP4, j.filmArgs(c, false))
	if err != nil {
		return nil, err
	}
	return j.finish(ctx, Gifv, out, 0)
}

// convertSound keeps what every client plays and makes M4A of the rest.
func (j *job) convertSound(ctx context.Context, c *clip) (*Processed, error) {
	contentType, codec := typeM4A, []string{"-c:a", "aac", "-b:a", "192k", "-ac", c.sound.mixed()}
	switch {
	case j.source.Type == typeMP3 && c.sound.Codec == "mp3":
		contentType, codec = typeMP3, []string{"-c:a", "copy", "-id3v2_version", "0", "-write_id3v1", "0"}
	case j.source.Type == typeOgg && (c.sound.Codec == "vorbis" || c.sound.Codec == "opus"):
		contentType, codec = typeOgg, []string{"-c:a", "copy"}
	case c.sound.Codec == "aac":
		codec = []string{"-c:a", "copy"}
	}
	out, err := j.write(ctx, contentType, append([]string{"-map", track(c.sound), "-vn"}, codec...))
	if err != nil {
		return nil, err
	}
	return j.finish(ctx, Audio, out, c.seconds)
}

// muxer returns the ffmpeg muxer that writes a content type, with its options.
func muxer(contentType string) []string {
	switch contentType {
	case typeMP3:
		return []string{"-f", "mp3"}
	case typeOgg:
		return []string{"-f", "ogg"}
	case typeGIF:
		return []string{"-f", "gif"}
	case typeM4A: // whose brand says that it holds no film
		return []string{"-movflags", "+faststart", "-f", "ipod"}
	}
	return []string{"-movflags", "+faststart", "-f", "mp4"}
}

// write runs ffmpeg from the source to the original. It stops a little beyond
// the limits, so that finish can see that they were passed.
func (j *job) write(ctx context.Context, contentType string, args []string) (File, error) {
	out := File{Path: filepath.Join(j.folder, "original"+Extension(contentType)), Type: contentType}
	if err := os.RemoveAll(out.Path); err != nil {
		return File{}, fmt.Errorf("clear the way: %w", err)
	}
	all := append(j.from(j.source), args...)
	all = append(all, clean...)
	all = append(all, "-t", strconv.FormatFloat(j.limits.Duration.Seconds()+1, 'f', 3, 64),
		"-fs", strconv.FormatInt(j.limits.VideoBytes+1<<20, 10), "-threads", "2")
	all = append(all, muxer(contentType)...)
	if err := j.ffmpeg(ctx, append(all, "file:"+out.Path)...); err != nil {
		return File{}, err
	}
	stat, err := os.Stat(out.Path)
	if err != nil {
		return File{}, fmt.Errorf("%w (ffmpeg wrote nothing)", errBroken)
	}
	out.Size = stat.Size()
	if out.Size > j.limits.VideoBytes {
		return File{}, errLarge(j.limits.VideoBytes)
	}
	return out, nil
}

// filmArgs says how to make an MP4 that plays everywhere; with gently, tracks
// that are fine already are copied.
func (j *job) filmArgs(c *clip, gently bool) []string {
	args := []string{"-map", track(c.film)}
	if gently && j.copies(c) {
		args = append(args, "-c:v", "copy")
	} else {
		width, height := j.fit(c.film)
		args = append(args, "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p",
			"-vf", fmt.Sprintf("scale=%d:%d,setsar=1", width, height), "-fpsmax", strconv.Itoa(mostRate))
	}
	// SEI units (H.264 §7.4.1, type 6) can hold the time and place of recording.
	args = append(args, "-bsf:v", "filter_units=remove_types=6")
	if c.sound == nil {
		return append(args, "-an")
	}
	args = append(args, "-map", track(c.sound))
	if gently && c.sound.Codec == "aac" {
		return append(args, "-c:a", "copy")
	}
	return append(args, "-c:a", "aac", "-b:a", "160k", "-ac", c.sound.mixed())
}

// mixed returns how many channels a sound is mixed down to.
func (s *stream) mixed() string {
	if s.Channels == 1 {
		return "1"
	}
	return "2"
}

func track(s *stream) string { return "0:" + strconv.Itoa(s.Index) }

// copies reports whether the film of a clip can be stored as it is.
func (j *job) copies(c *clip) bool {
	f := c.film
	inMP4 := j.source.Type == typeMP4 || j.source.Type == typeQuickTime || j.source.Type == typeM4A
	plain := f.Codec == "h264" && (f.Pixels == "yuv420p" || f.Pixels == "yuvj420p")
	return inMP4 && plain && max(f.Width, f.Height) <= j.limits.Edge && f.rate() <= mostRate+1
}

// fit returns the even width and height that a film is transcoded to, in pixels.
func (j *job) fit(s *stream) (width, height int) {
	width, height = s.shown()
	scale := math.Min(1, float64(j.limits.VideoEdge)/float64(max(width, height)))
	even := func(n int) int { return max(2, int(float64(n)*scale)/2*2) }
	return even(width), even(height)
}

// finish measures what was written and makes its thumbnail. What plays far
// shorter than the source promised, in seconds, was cut short on its way here.
func (j *job) finish(ctx context.Context, kind Kind, original File, promised float64) (*Processed, error) {
	c, err := j.probe(ctx, original)
	if err != nil {
		return nil, err
	}
	if c.seconds < 0.9*promised-1 {
		return nil, errBroken
	}
	if err := os.Remove(j.source.Path); err != nil {
		return nil, fmt.Errorf("remove source: %w", err)
	}
	return j.present(ctx, kind, original, c)
}

// present fills in what is known of a film or a sound that is what it should be.
func (j *job) present(ctx context.Context, kind Kind, original File, c *clip) (_ *Processed, err error) {
	if c.seconds == 0 && kind != Gifv {
		return nil, errBroken
	}
	p := &Processed{Kind: kind, Original: original, Seconds: c.seconds, Stream: c.told()}
	if kind == Audio {
		return p, nil
	}
	if c.film == nil {
		return nil, errBroken
	}
	p.Rate = c.film.rate()
	p.Original.Width, p.Original.Height = c.film.shown()
	p.Small, p.Blurhash, err = j.poster(ctx, original, c)
	return p, err
}

// poster makes the thumbnail of a film: from one second into it, as films begin
// in the dark, or from its first frame if it is short.
func (j *job) poster(ctx context.Context, f File, c *clip) (File, string, error) {
	width, height := j.fit(c.film)
	shot := filepath.Join(j.folder, "poster.png")
	seek := strconv.FormatFloat(math.Min(1, c.seconds/3), 'f', 3, 64)
	for _, at := range []string{seek, "0"} {
		args := append([]string{"-ss", at}, j.from(f)...)
		args = append(args, "-map", track(c.film), "-frames:v", "1", "-vf", fmt.Sprintf("scale=%d:%d", width, height),
			"-pix_fmt", "rgb24", "-threads", "1", "-c:v", "png", "-f", "image2", "-update", "1", "file:"+shot)
		if err := j.ffmpeg(ctx, args...); err != nil {
			return File{}, "", err
		}
		if _, err := os.Stat(shot); err == nil {
			break
		}
	}
	b, err := os.ReadFile(shot)
	if err != nil {
		return File{}, "", fmt.Errorf("%w (no frame in the film)", errBroken)
	}
	p, err := look(typePNG, b, j.limits)
	if err != nil {
		return File{}, "", err
	}
	img, err := p.decode(j.limits.Edge)
	if err != nil {
		return File{}, "", err
	}
	small, hash, err := shrink(img, j.folder)
	return small, hash, errors.Join(err, os.Remove(shot))
}

// examineStream checks a film or a sound that a peer sent and leaves it as it is.
func (j *job) examineStream(ctx context.Context) (*Processed, error) {
	c, err := j.probe(ctx, j.source)
	if err != nil {
		return nil, err
	}
	if c.film != nil && isSound(j.source.Type) {
		return nil, errBroken
	}
	if err := j.readThrough(ctx); err != nil {
		return nil, err
	}
	original := j.source
	kind := Video
	if c.film == nil {
		kind = Audio
		if original.Type == typeMP4 {
			original.Type = typeM4A
		}
	}
	return j.present(ctx, kind, original, c)
}

// readThrough reads the source to its end, which is where one that was cut short
// is found out; it decodes nothing.
func (j *job) readThrough(ctx context.Context) error {
	args := append([]string{"-xerror"}, j.from(j.source)...)
	return j.ffmpeg(ctx, append(args, "-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "null", "-")...)
}

func isSound(contentType string) bool {
	return contentType == typeMP3 || contentType == typeOgg || contentType == typeWAV || contentType == typeFLAC || contentType == typeM4A
}
