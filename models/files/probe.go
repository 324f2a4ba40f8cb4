package files

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ensemble/models"
)

// A clip is what ffprobe says of a film or a sound.
type clip struct {
	film, sound *stream // the first of each, nil if there is none
	seconds     float64 // how long it plays; 0 if the file does not say
	bitrate     int64   // bits a second; 0 if it is not known
}

// A stream is one track of a clip.
type stream struct {
	Index    int    `json:"index"`
	Type     string `json:"codec_type"`
	Codec    string `json:"codec_name"`
	Width    int    `json:"width"`  // as stored, in pixels
	Height   int    `json:"height"` // as stored, in pixels
	Pixels   string `json:"pix_fmt"`
	Rate     string `json:"avg_frame_rate"` // "30000/1001"
	Sampling string `json:"sample_rate"`    // in hertz
	Profile  string `json:"profile"`
	Channels int    `json:"channels"`
	Layout   string `json:"channel_layout"`

	Disposition struct {
		Picture int `json:"attached_pic"`
	} `json:"disposition"`
	SideData []struct {
		Rotation float64 `json:"rotation"` // in degrees
	} `json:"side_data_list"`
}

// shown returns width and height in pixels after the rotation.
func (s *stream) shown() (width, height int) {
	for _, d := range s.SideData {
		if int(math.Abs(math.Round(d.Rotation)))%180 == 90 {
			return s.Height, s.Width
		}
	}
	return s.Width, s.Height
}

// rate returns frames a second, 0 if it is not known.
func (s *stream) rate() float64 {
	over, under, _ := strings.Cut(s.Rate, "/")
	n, err := strconv.ParseFloat(over, 64)
	d, err2 := strconv.ParseFloat(under, 64)
	if r := n / d; err == nil && err2 == nil && d > 0 && r > 0 && r < 1e6 { // and a number at all
		return r
	}
	return 0
}

// told is what clients learn of how c is encoded, in the words of ffmpeg.
func (c *clip) told() models.Stream {
	s := models.Stream{Bitrate: c.bitrate}
	if c.film != nil && c.film.rate() > 0 {
		s.FrameRate = c.film.Rate
	}
	if c.sound == nil {
		return s
	}
	s.Audio = c.sound.Codec
	if p := c.sound.Profile; p != "" && p != "unknown" {
		s.Audio += " (" + shortened(p) + ")"
	}
	if n, err := strconv.Atoi(c.sound.Sampling); err == nil && n > 0 {
		s.Sampling = strconv.Itoa(n) + " Hz"
	}
	switch s.Channels = shortened(c.sound.Layout); {
	case s.Channels == "" && c.sound.Channels == 1:
		s.Channels = "mono"
	case s.Channels == "" && c.sound.Channels > 1:
		s.Channels = strconv.Itoa(c.sound.Channels) + " channels"
	}
	return s
}

// probe reads the headers of f and checks them against the limits.
func (j *job) probe(ctx context.Context, f File) (*clip, error) {
	args := append([]string{"-loglevel", "error", "-max_alloc", strconv.Itoa(mostAlloc), "-of", "json", "-show_entries",
		"format=duration,bit_rate:stream=index,codec_type,codec_name,profile,width,height,pix_fmt,avg_frame_rate,sample_rate,channels,channel_layout:" +
			"stream_disposition=attached_pic:stream_side_data=rotation"}, j.from(f)...)
	out, err := j.run(ctx, "ffprobe", args...)
	if err != nil {
		return nil, err
	}
	c, err := readClip(out)
	if err != nil {
		return nil, err
	}
	return c, j.check(c)
}

// readClip reads what ffprobe tells.
func readClip(out []byte) (*clip, error) {
	var told struct {
		Streams []stream `json:"streams"`
		Format  struct {
			Duration string `json:"duration"`
			Bitrate  string `json:"bit_rate"`
		} `json:"format"`
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return nil, fmt.Errorf("%w (ffprobe: %v)", errBroken, err)
	}
	c := &clip{}
	if s, err := strconv.ParseFloat(told.Format.Duration, 64); err == nil && s > 0 && !math.IsInf(s, 0) {
		c.seconds = s
	}
	if n, err := strconv.ParseInt(told.Format.Bitrate, 10, 64); err == nil && n > 0 {
		c.bitrate = n
	}
	for i := range told.Streams {
		c.take(&told.Streams[i])
	}
	return c, nil
}

func (c *clip) take(s *stream) {
	switch {
	case s.Type == "video" && s.Disposition.Picture == 0 && c.film == nil:
		c.film = s
	case s.Type == "audio" && c.sound == nil:
		c.sound = s
	}
}

func (j *job) check(c *clip) error {
	if c.film == nil && c.sound == nil {
		return errBroken
	}
	if c.seconds > j.limits.Duration.Seconds() {
		return errLong(j.limits.Duration)
	}
	if c.sound != nil && !known(c.sound.Codec) {
		return errCodec
	}
	if c.film == nil {
		return nil
	}
	if !known(c.film.Codec) {
		return errCodec
	}
	if c.film.Width <= 0 || c.film.Height <= 0 {
		return errBroken
	}
	return checkPixels(c.film.Width, c.film.Height, j.limits.VideoPixels)
}

// known reports whether one of decoders reads the codec.
func known(codec string) bool {
	switch codec {
	case "amr_nb", "amr_wb":
		return true
	}
	return codec != "" && strings.Contains(","+decoders+",", ","+codec+",")
}
