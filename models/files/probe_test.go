package files

import (
	"math"
	"testing"

	"ensemble/models"
)

// FuzzProbe looks for something that ffprobe could tell of a film which passes and
// makes no sense.
func FuzzProbe(f *testing.F) {
	f.Add([]byte(`{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":640,"height":360,"avg_frame_rate":"30000/1001",
		"side_data_list":[{"rotation":-90}]},{"index":1,"codec_type":"audio","codec_name":"aac","sample_rate":"48000"}],"format":{"duration":"10.5"}}`))
	f.Add([]byte(`{"streams":[{"codec_type":"video","codec_name":"vp9","width":4611686018427387904,"height":4,"avg_frame_rate":"NaN/1"}],"format":{"duration":"NaN"}}`))
	f.Add([]byte(`{"streams":[{"codec_type":"audio","codec_name":"mp3","disposition":{"attached_pic":1}}],"format":{"duration":"-1"}}`))
	f.Fuzz(func(t *testing.T, out []byte) {
		c, err := readClip(out)
		if err == nil {
			err = (&job{limits: Defaults()}).check(c)
		}
		if err != nil {
			if models.KindOf(err) != models.Invalid {
				t.Errorf("got %v", err)
			}
			return
		}
		if c.seconds < 0 || c.seconds > Defaults().Duration.Seconds() || math.IsNaN(c.seconds) {
			t.Errorf("%v seconds", c.seconds)
		}
		if c.film == nil {
			return
		}
		w, h := c.film.shown()
		if r := c.film.rate(); r < 0 || math.IsNaN(r) || math.IsInf(r, 0) || w <= 0 || h <= 0 || w > 1<<24 || h > 1<<24 {
			t.Errorf("%d × %d at %v", w, h, r)
		}
	})
}
