package app

import (
	"fmt"
	"strings"
	"testing"

	"ensemble/models"
)

func TestDifferencesOfTexts(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"", "", ""},
		{"one two", "one two", "one two"},
		{"Good morning all", "Good evening all", "Good -morning-+evening+ all"},
		{"a b", "a b c", "a b+ c+"},
		{"a b", "b", "-a -b"},
		{"", "new", "+new+"},
		{"é à", "é ü", "é -à-+ü+"},
		{strings.Repeat("a ", 3000), "b", "-" + strings.Repeat("a ", 3000) + "-+b+"},
	} {
		got := ""
		for _, d := range differences(c.was, c.is) {
			mark := map[string]string{"ins": "+", "del": "-"}[d.Kind]
			got += mark + d.Text + mark
		}
		if got != c.want {
			t.Errorf("%.20q and %.20q: got %.60q, want %.60q", c.was, c.is, got, c.want)
		}
	}
}

func TestWhatMattersOfAPictureStaysInView(t *testing.T) {
	for _, c := range []struct {
		x, y float64
		want string
	}{{0, 0, "fx5 fy5"}, {-1, 1, "fx0 fy0"}, {1, -1, "fx10 fy10"}, {0.5, 0.2, "fx8 fy4"}, {9, -9, "fx10 fy10"}} {
		m := aMedium{}
		m.Meta.Focus = &struct{ X, Y float64 }{c.x, c.y}
		if got := m.Focus(); got != c.want {
			t.Errorf("%v %v: got %s, want %s", c.x, c.y, got, c.want)
		}
	}
}

func TestRepliesAreSetInByDepth(t *testing.T) {
	to := func(id models.ID) *models.ID { return &id }
	var all []aStatus
	for id := models.ID(2); id < 10; id++ {
		all = append(all, aStatus{ID: id, InReplyToID: to(id - 1)})
	}
	all = append(all, aStatus{ID: 20, InReplyToID: to(1)}, aStatus{ID: 21, InReplyToID: to(99)})
	got := ""
	for _, s := range nested(1, all) {
		got += fmt.Sprint(s.Depth)
	}
	if got != "0123444400" {
		t.Errorf("got %s", got)
	}
}
