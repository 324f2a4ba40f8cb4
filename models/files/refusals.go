package files

import (
	"fmt"
	"strconv"
	"time"

	"ensemble/models"
)

// The refusals that need no detail. Each carries a code for the catalogues.
var (
	errBroken = models.Refuse(models.Invalid, "media-broken",
		"This file is damaged, cut short, or not what it claims to be.")
	errHeavy = models.Refuse(models.Invalid, "media-heavy",
		"This file takes too much memory to open; saved smaller, or a picture as a JPEG that is not progressive, it will work.")
	errUnconverted = models.Refuse(models.Invalid, "media-type",
		"HEIC and AVIF pictures are converted where they are uploaded, and this one was not.")
	errHidden = models.Refuse(models.Invalid, "media-polyglot",
		"This file hides something else behind the picture.")
	errNoFFmpeg = models.Refuse(models.Invalid, "media-no-ffmpeg",
		"Video and sound need ffmpeg, which this server does not have; pictures work.")
	errSlow = models.Refuse(models.Invalid, "media-slow",
		"This file takes too long to convert; a shorter or smaller one will work.")
	errCodec = models.Refuse(models.Invalid, "media-codec",
		"The video or sound in this file is in a format that cannot be read here; MP4 with H.264 works everywhere.")
)

// errBucket is for now: whoever uploads may try again.
var errBucket = models.Refuse(models.Unreachable, "media-store", "The place where this server keeps its files does not answer; try again later.")

func errType(filename, declaredType string, head []byte) error {
	name := "This file"
	if filename != "" {
		name = strconv.Quote(shortened(filename))
	}
	claim := ""
	if declaredType != "" {
		claim = fmt.Sprintf(" although it was sent as %s", strconv.Quote(shortened(declaredType)))
	}
	return models.Refuse(models.Invalid, "media-type",
		"%s is %s%s; JPEG, PNG, GIF, WebP, AVIF and HEIC pictures, MP4, WebM and QuickTime films, and MP3, Ogg, WAV, FLAC and M4A sounds are welcome.",
		name, describe(head), claim)
}

func errLarge(limit int64) error {
	return models.Refuse(models.Invalid, "media-large", "This file is larger than the %.4g MiB that are allowed here.", float64(limit)/(1<<20))
}

func errLong(limit time.Duration) error {
	return models.Refuse(models.Invalid, "media-long", "This file plays longer than the %.4g minutes that are allowed here.", limit.Minutes())
}

// checkPixels multiplies in 64 bits: no format has edges of more than 32.
func checkPixels(width, height int, limit int64) error {
	if int64(width) > limit || int64(height) > limit || int64(width)*int64(height) > limit {
		return models.Refuse(models.Invalid, "media-pixels",
			"This file is %d × %d pixels large; %.4g megapixels are allowed here.", width, height, float64(limit)/1e6)
	}
	return nil
}

// shortened keeps a stranger's word to what fits into a sentence.
func shortened(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
