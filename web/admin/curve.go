package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ensemble/web/call"
	"ensemble/web/page"
)

type series struct {
	Span   string    `json:"span"`
	Step   int64     `json:"step_seconds"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	Points []struct {
		At          time.Time `json:"at"`
		TaskAge     int64     `json:"task_age"`
		Tasks       int64     `json:"tasks"`
		DeliveryAge int64     `json:"delivery_age"`
		Deliveries  int64     `json:"deliveries"`
		Memory      int64     `json:"memory"`
		Database    int64     `json:"database_size"`
		Media       int64     `json:"media_size"`
		Cache       int64     `json:"cache_size"`
	} `json:"points"`
}

// spans are how far back the curves can go, in the order in which they are offered.
var spans = []string{"day", "week", "fortnight"}

// A unit says how a number is written, and up to which the picture goes.
type unit struct {
	say func(p *page.Page, n int64) string
	top func(n int64) int64
}

var (
	pieces  = unit{func(p *page.Page, n int64) string { return p.Num(int(n)) }, func(n int64) int64 { return int64(nice(int(n))) }}
	sizes   = unit{func(p *page.Page, n int64) string { return p.Size(n) }, pieces.top}
	seconds = unit{func(p *page.Page, n int64) string { return p.Lasting(time.Duration(n) * time.Second) }, niceTime}
)

// niceTime is the next number of seconds that is easy to say.
func niceTime(n int64) int64 {
	for _, t := range []int64{10, 60, 5 * 60, 10 * 60, 30 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600} {
		if n <= t {
			return t
		}
	}
	return int64(nice(int((n+86399)/86400))) * 86400
}

// A curve is a number over time, drawn as a line: a picture for the eye, and the same in
// words and as a table for everybody else.
type curve struct {
	Key       string // names its words: plot.KEY
	Lines     []line // one for each time in which the server ran without a break
	Rows      []knot
	Top       string
	Now, High string
	HighAt    time.Time
	From, To  string // the times at its ends
}

type line struct{ Stroke, Area string }

type knot struct {
	At   time.Time
	Text string

	value int64
}

// rows is how many rows the table of a curve has at most.
const rows = 24

// drawn gives the values, the oldest first, their places.
func drawn(p *page.Page, s *series, key string, u unit, values []knot) curve {
	high := values[0]
	for _, v := range values {
		if v.value > high.value {
			high = v
		}
	}
	top := max(1, u.top(high.value))
	c := curve{Key: key, Top: u.say(p, top), Now: u.say(p, values[len(values)-1].value), High: u.say(p, high.value), HighAt: high.At}
	whole, part := max(1, s.Until.Sub(s.Since)), []string(nil)
	first, last := 0, 0
	end := func() {
		if part != nil {
			stroke := "M" + strings.Join(part, "L")
			c.Lines = append(c.Lines, line{stroke, fmt.Sprintf("%sL%d %dL%d %dZ", stroke, last, plotHeight+20, first, plotHeight+20)})
		}
	}
	for i, v := range values {
		if i > 0 && v.At.Sub(values[i-1].At) > 2*time.Duration(s.Step)*time.Second {
			end()
			part = nil
		}
		x := max(0, int(plotWidth*v.At.Sub(s.Since)/whole))
		if part == nil {
			first = x
		}
		last, part = x, append(part, fmt.Sprintf("%d %d", x, int64(plotHeight+20)-v.value*plotHeight/top))
	}
	end()
	each := (len(values) + rows - 1) / rows
	for i := 0; i < len(values); i += each {
		worst := values[i]
		for _, v := range values[i:min(i+each, len(values))] {
			worst.value = max(worst.value, v.value)
		}
		worst.Text = u.say(p, worst.value)
		c.Rows = append(c.Rows, worst)
	}
	layout := "02/01 15:04"
	if s.Span != "day" {
		layout = "02/01"
	}
	c.From, c.To = s.Since.Format(layout), s.Until.Format(layout)
	return c
}

type curvesView struct {
	Span  string
	Spans []string
	All   []curve // none where too little was measured yet
}

// curves asks how the server did over the time that c asks for.
func curves(c *call.Call) (*curvesView, error) {
	span := c.Query("span")
	if span == "" {
		span = spans[0]
	}
	s, err := call.Fetch[series](c, http.MethodGet, "/api/ensemble/v1/admin/series", url.Values{"span": {span}})
	if err != nil {
		return nil, err
	}
	v := &curvesView{Span: s.Span, Spans: spans}
	if len(s.Points) < 2 {
		return v, nil
	}
	all := make([][]knot, 6)
	for _, at := range s.Points {
		for i, n := range []int64{at.TaskAge, at.Tasks, at.DeliveryAge, at.Deliveries, at.Memory, at.Database + at.Media + at.Cache} {
			all[i] = append(all[i], knot{At: at.At, value: n})
		}
	}
	p := set.For(c)
	for i, k := range []struct {
		key string
		unit
	}{{"task_age", seconds}, {"tasks", pieces}, {"delivery_age", seconds}, {"deliveries", pieces}, {"memory", sizes}, {"storage", sizes}} {
		v.All = append(v.All, drawn(p, &s, k.key, k.unit, all[i]))
	}
	return v, nil
}
