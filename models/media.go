package models

import (
	"slices"
	"time"
)

// A MediaState says how far an upload has come.
type MediaState string

// The states of a Media.
const (
	MediaReady   MediaState = "ready"
	MediaWaiting MediaState = "waiting" // a peer's draft picture that is still to be fetched
	MediaFailed  MediaState = "failed"

	MediaProcessing MediaState = "processing" // an upload that is still to be converted
)

// A Stream tells how a film or a sound is encoded, in the words that clients show.
type Stream struct {
	FrameRate string `json:"frame_rate,omitempty"` // frames a second, as a fraction
	Bitrate   int64  `json:"bitrate,omitempty"`    // bits a second
	Audio     string `json:"audio,omitempty"`      // the codec: "aac (LC)"
	Sampling  string `json:"sampling,omitempty"`   // "44100 Hz"
	Channels  string `json:"channels,omitempty"`   // "stereo"
}

// A Media is bytes that we hold: an upload, or an invitee's copy of a draft's
// picture. While Secret is "" nobody can fetch it by a plain address: a pending
// collab's media is seen by signed, expiring addresses alone.
type Media struct {
	ID          ID
	AccountID   ID     // whose upload, or for whose eyes
	PostID      ID     // 0 until it is published
	CollabID    ID     // the pending collab that holds it, or 0
	Position    int    // within a collab's revision, from 0
	Kind        string // image, video, gifv, audio
	ContentType string
	Key         string // in files; "" while waiting
	ThumbKey    string
	Secret      string // the unguessable part of its public address
	RemoteURL   IRI
	Alt         string
	FocusX      float64
	FocusY      float64
	Blurhash    string
	Width       int // pixels
	Height      int
	ThumbWidth  int
	ThumbHeight int
	Duration    float64 // seconds
	FPS         float64
	Stream      Stream `gorm:"serializer:json"`
	SourceKey   string // in files: what was uploaded, while it is processed
	Tries       int    // how often converting it was begun
	Size        int64  // bytes
	Digest      string
	State       MediaState
	Error       string
	CreatedAt   time.Time
}

// Keys returns the names of all that files holds of m.
func (m *Media) Keys() []string {
	return slices.DeleteFunc([]string{m.Key, m.ThumbKey, m.SourceKey}, func(k string) bool { return k == "" })
}
