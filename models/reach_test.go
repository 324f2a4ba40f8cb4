package models

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestReach(t *testing.T) {
	for _, c := range []struct {
		name   string
		least  int
		people []int // day after day
		want   []int // 0: withheld
	}{
		{"nobody", 5, []int{0, 0}, []int{0, 0}},
		{"too few", 5, []int{1, 4, 4}, []int{0, 0, 0}},
		{"just enough", 5, []int{4, 5}, []int{0, 5}},
		{"rounded down", 5, []int{14}, []int{10}},
		{"one more is not seen, though a round number is passed", 5, []int{9, 10}, []int{5, 5}},
		{"five more are", 5, []int{9, 13, 14}, []int{5, 5, 10}},
		{"the next step counts from there", 5, []int{9, 14, 15, 18, 19}, []int{5, 10, 10, 10, 15}},
		{"who takes a like back is not seen", 5, []int{10, 9, 4, 0}, []int{10, 10, 10, 10}},
		{"nor who comes again", 5, []int{10, 9, 10, 9, 10}, []int{10, 10, 10, 10, 10}},
		{"another threshold", 20, []int{19, 20, 39, 40}, []int{0, 20, 20, 40}},
	} {
		r := &Reach{}
		for day, n := range c.people {
			r.Look(n, c.least, fmt.Sprint(day))
			if got, _ := r.Told(c.least); got != c.want[day] {
				t.Errorf("%s: day %d: got %d, want %d", c.name, day, got, c.want[day])
			}
		}
	}
}

func TestReachIsTheSameAllDay(t *testing.T) {
	r := &Reach{}
	r.Look(7, 5, "monday")
	r.Look(70, 5, "monday")
	if got, _ := r.Told(5); got != 5 {
		t.Errorf("later on the same day: got %d, want 5", got)
	}
	if got, ok := r.Told(10); ok {
		t.Errorf("under a threshold that was raised: got %d", got)
	}
}

// The differencing attack: whatever happens from day to day, a number that differs
// from the day before stands for at least so many new people, and is never more than
// there were.
func TestReachCannotBeDifferenced(t *testing.T) {
	for seed := range uint64(200) {
		r, random := &Reach{}, rand.New(rand.NewPCG(seed, 1))
		least := LeastReach + random.IntN(9)
		people, most, at, before := 0, 0, 0, 0
		for day := range 100 {
			people = max(0, people+random.IntN(2*least)-least/2)
			most = max(most, people)
			r.Look(people, least, fmt.Sprint(day))
			told, _ := r.Told(least)
			switch {
			case told == before:
				continue
			case told < before || told%least != 0:
				t.Fatalf("seed %d: %d became %d, threshold %d", seed, before, told, least)
			case people-at < least:
				t.Fatalf("seed %d: %d became %d for %d people", seed, before, told, people-at)
			case told > most:
				t.Fatalf("seed %d: told %d of %d", seed, told, most)
			}
			before, at = told, people
		}
	}
}
