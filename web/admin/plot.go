package admin

import "time"

// A plot is a number a week, drawn as bars: a picture for the eye, with the same in a
// table for everybody else.
type plot struct {
	Key  string // names its words: plot.KEY
	Bars []bar
	Top  int // the largest number that the picture has room for
	Sum  int
	Last int
}

type bar struct {
	At            time.Time
	Value         int
	X, Y, W, H    int
	Middle, Label int // where its label stands, and above which height
}

// The picture's own units.
const (
	plotWidth  = 600
	plotHeight = 140
)

func (p *plot) add(at time.Time, n int) {
	p.Bars = append(p.Bars, bar{At: at, Value: n})
	p.Sum += n
	p.Last = n
}

// drawn gives every bar its place.
func (p plot) drawn() plot {
	for _, b := range p.Bars {
		p.Top = max(p.Top, b.Value)
	}
	p.Top = nice(p.Top)
	step := plotWidth / max(1, len(p.Bars))
	for i := range p.Bars {
		b := &p.Bars[i]
		b.H = b.Value * plotHeight / p.Top
		if b.Value > 0 {
			b.H = max(b.H, 2)
		}
		b.X, b.W, b.Y = i*step+step/8, step*3/4, plotHeight-b.H+20
		b.Middle, b.Label = b.X+b.W/2, b.Y-5
	}
	return p
}

// nice is the next number that is easy to read: 1, 2 or 5 with zeros.
func nice(n int) int {
	for unit := 1; ; unit *= 10 {
		for _, f := range []int{1, 2, 5} {
			if f*unit >= n {
				return f * unit
			}
		}
	}
}

// Latest reports whether i is the last bar.
func (p plot) Latest(i int) bool { return i == len(p.Bars)-1 }
