package api

import (
	"fmt"
	"math"
	"strconv"

	"ensemble/models"
)

// metaJSON is Mastodon's MediaAttachment.meta. What is beside original, small and focus
// tells again, as Mastodon does, what they say, and how a film or a sound is encoded.
type metaJSON struct {
	Length        string  `json:"length,omitempty"`   // 0:01:28.65
	Duration      float64 `json:"duration,omitempty"` // seconds
	FPS           float64 `json:"fps,omitempty"`
	Size          string  `json:"size,omitempty"`
	Width         int     `json:"width,omitempty"`
	Height        int     `json:"height,omitempty"`
	Aspect        float64 `json:"aspect,omitempty"`
	AudioEncode   string  `json:"audio_encode,omitempty"`
	AudioBitrate  string  `json:"audio_bitrate,omitempty"` // the sampling rate: so Mastodon calls it
	AudioChannels string  `json:"audio_channels,omitempty"`

	Original *sizeJSON  `json:"original,omitempty"`
	Small    *sizeJSON  `json:"small,omitempty"`
	Focus    *focusJSON `json:"focus,omitempty"`
}

type sizeJSON struct {
	Width     int     `json:"width,omitempty"`
	Height    int     `json:"height,omitempty"`
	Size      string  `json:"size,omitempty"`
	Aspect    float64 `json:"aspect,omitempty"`
	FrameRate string  `json:"frame_rate,omitempty"` // of a film: a fraction
	Duration  float64 `json:"duration,omitempty"`   // seconds
	Bitrate   int64   `json:"bitrate,omitempty"`    // bits a second
}

type focusJSON struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// thumbArea is how many pixels files gives a thumbnail.
const thumbArea = 640 * 360

func metaOf(a models.Attachment) metaJSON {
	m := metaJSON{}
	if a.Width > 0 && a.Height > 0 {
		m.Original, m.Small = size(a.Width, a.Height), smallSize(a)
		m.Focus = &focusJSON{a.FocusX, a.FocusY}
	}
	if a.SmallWidth > 0 && a.SmallHeight > 0 {
		m.Small = size(a.SmallWidth, a.SmallHeight)
	}
	if a.Kind != "audio" && a.Duration <= 0 {
		return m
	}
	if m.Original == nil {
		m.Original = &sizeJSON{}
	}
	o := m.Original
	o.Duration, o.FrameRate, o.Bitrate = a.Duration, a.Stream.FrameRate, a.Stream.Bitrate
	m.Length, m.Duration, m.FPS = length(a.Duration), a.Duration, fps(a.Stream.FrameRate)
	m.Size, m.Width, m.Height, m.Aspect = o.Size, o.Width, o.Height, o.Aspect
	m.AudioEncode, m.AudioBitrate, m.AudioChannels = a.Stream.Audio, a.Stream.Sampling, a.Stream.Channels
	return m
}

// smallSize guesses how large the thumbnail is of what another server made.
func smallSize(a models.Attachment) *sizeJSON {
	scale := min(1, math.Sqrt(thumbArea/(float64(a.Width)*float64(a.Height))))
	return size(max(1, int(float64(a.Width)*scale)), max(1, int(float64(a.Height)*scale)))
}

func size(width, height int) *sizeJSON {
	return &sizeJSON{
		Width: width, Height: height, Size: models.ID(width).String() + "x" + models.ID(height).String(),
		Aspect: float64(width) / float64(height),
	}
}

// length writes seconds as hours, minutes and seconds.
func length(seconds float64) string {
	hundredths := int64(math.Round(seconds * 100))
	return fmt.Sprintf("%d:%02d:%05.2f", hundredths/360000, hundredths/6000%60, float64(hundredths%6000)/100)
}

// fps reads a fraction as frames a second, with two decimals.
func fps(fraction string) float64 {
	var over, under float64
	if n, _ := fmt.Sscanf(fraction, "%g/%g", &over, &under); n != 2 || under == 0 {
		return 0
	}
	f, _ := strconv.ParseFloat(strconv.FormatFloat(over/under, 'f', 2, 64), 64)
	return f
}
