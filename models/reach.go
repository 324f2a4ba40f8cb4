package models

// DefaultReach is how many people a number has to stand for before an author is told
// it, and LeastReach the fewest that an admin can choose.
const (
	DefaultReach = 5
	LeastReach   = 2
)

// A Measure is something that an author learns about their own followers and a post.
type Measure string

// The measures. All count people, each once, but ReachServers.
const (
	ReachHad     Measure = "reached" // it is in their home here, or their server confirmed that it heard
	ReachServers Measure = "servers" // those other servers
	ReachActed   Measure = "people"  // who did at least one of what follows
	ReachLikes   Measure = "likes"
	ReachBoosts  Measure = "boosts"
	ReachReplies Measure = "replies"
)

// Measures are all of them, in the order in which they are shown.
func Measures() []Measure {
	return []Measure{ReachHad, ReachServers, ReachActed, ReachLikes, ReachBoosts, ReachReplies}
}

// A Reach is what one author of a post is told of one measure, and so that no person
// can be told from two looks: it is looked at once a day, goes up alone, and only when
// at least as many people are new as a number has to stand for.
type Reach struct {
	PostID    ID      `gorm:"primaryKey"`
	AccountID ID      `gorm:"primaryKey"`
	Measure   Measure `gorm:"primaryKey"`
	People    int     // when Shown last changed; told to nobody
	Shown     int     // a multiple of the threshold then, 0 for none
	Day       string  // of the last look: 2026-11-22, UTC
}

// Look takes in that there are people now. least is how many a change has to stand for.
func (r *Reach) Look(people, least int, day string) {
	if r.Day == day {
		return
	}
	r.Day = day
	if people >= r.People+least {
		r.People, r.Shown = people, people/least*least
	}
}

// Told returns the number that may be told, and false if there is none: there were
// fewer than least when it was looked at.
func (r *Reach) Told(least int) (int, bool) {
	n := r.Shown / least * least // least may have been raised since
	return n, n > 0
}
