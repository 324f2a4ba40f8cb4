package models

import (
	"fmt"
	"testing"
	"time"
)

func TestTrendsAreOfManyAndFade(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	var uses []TrendUse
	use := func(name string, hoursAgo int, accounts ...ID) {
		for _, a := range accounts {
			uses = append(uses, TrendUse{Name: name, AccountID: a, Last: IDAt(now.Add(-time.Duration(hoursAgo) * time.Hour))})
		}
	}
	use("old", 36, 1, 2, 3, 4, 5)
	use("new", 1, 1, 2, 3)
	use("loud", 0, 1, 1, 1, 1, 1, 1, 2)
	use("tomorrow", -24, 1, 2, 3)
	got := RankTrends(TrendTag, uses, now)
	var names []string
	for i, tr := range got {
		names = append(names, tr.Name)
		if tr.Position != i || tr.Kind != TrendTag {
			t.Errorf("%+v stands at %d", tr, i)
		}
	}
	if fmt.Sprint(names) != "[tomorrow new old]" {
		t.Errorf("got %v", names)
	}
	if s := got[0].Score; s != 3 {
		t.Errorf("what comes from the future weighs %v, not as if it were of now", s)
	}
	var posts []TrendUse
	for _, a := range []ID{11, 12, 13, 14} {
		for item, by := range map[ID]ID{101: 1, 102: 1, 103: 2} {
			if item != 102 || a != 14 {
				posts = append(posts, TrendUse{ItemID: item, OwnerID: by, AccountID: a, Last: IDAt(now)})
			}
		}
	}
	if got := RankTrends(TrendStatus, posts, now); len(got) != 2 || got[0].ItemID == 102 || got[1].ItemID == 102 {
		t.Errorf("got %+v, want one of each author", got)
	}
}
