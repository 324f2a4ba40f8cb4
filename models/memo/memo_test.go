package memo_test

import (
	"fmt"
	"testing"

	"ensemble/models/memo"
)

func one(id int64) memo.Ref { return memo.Ref{What: 'x', ID: id} }

func holds(t *testing.T, m *memo.Memo, key, want any) {
	t.Helper()
	if got, _ := m.Get(key); got != want {
		t.Errorf("%v is %v, not %v", key, got, want)
	}
}

func TestWhatChangedIsForgotten(t *testing.T) {
	m := memo.New(1 << 20)
	m.Put("a", 1, 10, m.Seq(), one(1), one(2))
	m.Put("b", 2, 10, m.Seq(), one(2), one(3))
	m.Put("c", 3, 10, m.Seq())
	m.Forget(one(1))
	holds(t, m, "a", nil)
	holds(t, m, "b", 2)
	m.Forget(memo.All)
	holds(t, m, "b", nil)
	holds(t, m, "c", nil)
}

func TestWhatChangedMeanwhileIsNotRemembered(t *testing.T) {
	m := memo.New(1 << 20)
	before := m.Seq()
	m.Forget(one(1))
	m.Put("a", 1, 10, before, one(1))
	m.Put("b", 2, 10, before, one(2))
	holds(t, m, "a", nil)
	holds(t, m, "b", 2)
	m.Forget(memo.All)
	m.Put("c", 3, 10, before, one(2))
	holds(t, m, "c", nil)
	before = m.Seq()
	for i := range int64(20_000) { // more than it knows by name
		m.Forget(one(i + 10))
	}
	m.Put("d", 4, 10, before, one(2))
	holds(t, m, "d", nil)
	if _, _, ok := m.Since(before); ok {
		t.Error("it says that it knows them all")
	}
}

func TestItTellsWhatChanged(t *testing.T) {
	m := memo.New(1 << 20)
	before := m.Seq()
	m.Forget(one(1), one(2))
	changed, now, ok := m.Since(before)
	if !ok || fmt.Sprint(changed) != fmt.Sprint([]memo.Ref{one(1), one(2)}) || now != m.Seq() {
		t.Errorf("%v, %d, %t", changed, now, ok)
	}
	if changed, _, ok := m.Since(now); !ok || len(changed) != 0 {
		t.Errorf("%v, %t", changed, ok)
	}
}

func TestItIsBounded(t *testing.T) {
	m := memo.New(100_000)
	for i := range int64(1000) {
		m.Put(i, i, 1000, m.Seq(), one(i))
		m.Get(int64(0)) // is asked for all the time
	}
	held := 0
	for i := range int64(1000) {
		if _, ok := m.Get(i); ok {
			held++
		}
	}
	if held < 50 || held > 100 {
		t.Errorf("holds %d of 1,000 bytes each", held)
	}
	holds(t, m, int64(0), int64(0))
	m.Put("large", 1, 90_000, m.Seq())
	holds(t, m, "large", nil)
}
