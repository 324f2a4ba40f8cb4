package files

import (
	"time"

	"ensemble/models"
)

// Limits bound what one upload may be and may cost. A field that is zero stands
// for the value that Defaults gives it.
type Limits struct {
	ImageBytes  int64         // size of a picture as uploaded, in bytes
	VideoBytes  int64         // size of a film or a sound as uploaded and as stored, in bytes
	Pixels      int64         // width × height of a picture, in pixels
	VideoPixels int64         // width × height of a film, in pixels
	Memory      int64         // what decoding one picture may take, in bytes
	Edge        int           // long edge above which pictures are scaled down and films transcoded, in pixels
	VideoEdge   int           // long edge of a film that must be transcoded, in pixels
	Duration    time.Duration // length of a film or a sound
	Work        time.Duration // time that ffmpeg may spend on one upload
	Scratch     string        // folder for temporary files, "" for the system's
}

// Defaults returns the limits of a server whose operator has not chosen others.
func Defaults() Limits {
	return Limits{
		ImageBytes:  16 << 20,
		VideoBytes:  99 << 20,
		Pixels:      33_177_600,
		VideoPixels: 8_294_400,
		Memory:      192 << 20,
		Edge:        3840,
		VideoEdge:   1920,
		Duration:    30 * time.Minute,
		Work:        10 * time.Minute,
	}
}

// Of returns the defaults, with what an operator chose in their place.
func Of(chosen models.Limits) Limits {
	l, c := Defaults(), chosen.Filled()
	l.ImageBytes, l.VideoBytes, l.Pixels = int64(c.ImageMB)<<20, int64(c.VideoMB)<<20, int64(c.Pixels)
	return l
}

func (l Limits) filled() Limits {
	d := Defaults()
	fill(&l.ImageBytes, d.ImageBytes)
	fill(&l.VideoBytes, d.VideoBytes)
	fill(&l.Pixels, d.Pixels)
	fill(&l.VideoPixels, d.VideoPixels)
	fill(&l.Memory, d.Memory)
	fill(&l.Edge, d.Edge)
	fill(&l.VideoEdge, d.VideoEdge)
	fill(&l.Duration, d.Duration)
	fill(&l.Work, d.Work)
	return l
}

func fill[N int | int64 | time.Duration](field *N, value N) {
	if *field <= 0 {
		*field = value
	}
}

// bytes returns how large an upload of this content type may be.
func (l Limits) bytes(contentType string) int64 {
	if isPicture(contentType) {
		return l.ImageBytes
	}
	return l.VideoBytes
}
