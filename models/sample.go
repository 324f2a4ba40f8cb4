package models

import "time"

// A Sample is how the server did at a moment, for plots. Ages are in seconds, sizes in
// bytes.
type Sample struct {
	Slot         int64 `gorm:"primaryKey"` // the number of the five minutes, since 1970
	TaskAge      int64 // how long the oldest task had waited that could be worked
	Tasks        int64 // how many could be worked
	DeliveryAge  int64 // how long the oldest delivery had waited
	Deliveries   int64
	Memory       int64 // of the process that wrote it
	DatabaseSize int64
	MediaSize    int64
	CacheSize    int64
	DiskFree     int64 // 0 if it cannot be told
}

// SampleEvery is how far apart samples are, and KeepSamples how long they are kept.
const (
	SampleEvery = 5 * time.Minute
	KeepSamples = 14 * 24 * time.Hour
)

// SlotOf returns the number of the five minutes that t is in.
func SlotOf(t time.Time) int64 { return t.Unix() / int64(SampleEvery/time.Second) }

// At returns when the five minutes began.
func (s *Sample) At() time.Time { return time.Unix(s.Slot*int64(SampleEvery/time.Second), 0).UTC() }
