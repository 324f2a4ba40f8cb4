package api

import (
	"runtime"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// spans are how far back the series go, and how far apart their points are.
var spans = map[string]struct{ back, step time.Duration }{
	"day":       {24 * time.Hour, 2 * models.SampleEvery},
	"week":      {7 * 24 * time.Hour, time.Hour},
	"fortnight": {models.KeepSamples, 2 * time.Hour},
}

type seriesJSON struct {
	Span   string       `json:"span"`
	Step   int64        `json:"step_seconds"`
	Since  moment       `json:"since"`
	Until  moment       `json:"until"`
	Points []sampleJSON `json:"points"` // the oldest first; none while the server did not run
}

// sampleJSON is the worst of a step. Ages are in seconds, sizes in bytes.
type sampleJSON struct {
	At          moment `json:"at"`
	TaskAge     int64  `json:"task_age"`
	Tasks       int64  `json:"tasks"`
	DeliveryAge int64  `json:"delivery_age"`
	Deliveries  int64  `json:"deliveries"`
	Memory      int64  `json:"memory"`
	Database    int64  `json:"database_size"`
	Media       int64  `json:"media_size"`
	Cache       int64  `json:"cache_size"`
	DiskFree    int64  `json:"disk_free"`
}

// Series is GET /api/ensemble/v1/admin/series: how the server did, over time.
func (a *API) Series(c *call.Call) (any, error) {
	name := c.Str("span")
	if name == "" {
		name = "day"
	}
	span, ok := spans[name]
	if !ok {
		return nil, models.Errorf(models.Invalid, "span is day, week or fortnight")
	}
	v := seriesJSON{Span: name, Step: int64(span.step / time.Second), Since: moment(c.Tx.Now.Add(-span.back)), Until: moment(c.Tx.Now), Points: []sampleJSON{}}
	all, err := store.Samples(c.Tx, c.Tx.Now.Add(-span.back), span.step)
	for _, s := range all {
		v.Points = append(v.Points, sampleJSON{
			At: moment(s.At()), TaskAge: s.TaskAge, Tasks: s.Tasks, DeliveryAge: s.DeliveryAge, Deliveries: s.Deliveries,
			Memory: s.Memory, Database: s.DatabaseSize, Media: s.MediaSize, Cache: s.CacheSize, DiskFree: s.DiskFree,
		})
	}
	return v, err
}

// MemoryInUse returns how many bytes this process has taken from the machine.
func MemoryInUse() int64 {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return int64(min(mem.Sys-mem.HeapReleased, 1<<62)) //nolint:gosec // it is bounded
}
