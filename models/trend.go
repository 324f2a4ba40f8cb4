package models

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// SettingTrends names the setting that switches trends off: on, which is usual, or off.
const SettingTrends = "trends"

// How trends are counted.
const (
	LeastTrend    = 3 // accounts that stand behind each: nothing there is one person's doing
	TrendWindow   = 48 * time.Hour
	TrendHalfLife = 12 * time.Hour // after which a use counts half
	MaxTrends     = 60             // of each kind
)

// A TrendKind is what may be a trend.
type TrendKind string

// The kinds of trends.
const (
	TrendTag    TrendKind = "tag"
	TrendStatus TrendKind = "status"
	TrendLink   TrendKind = "link"
)

// A Trend is what many accounts here know of talk about: a hashtag by its Name, or a post
// or card by its ItemID.
type Trend struct {
	Kind     TrendKind `gorm:"primaryKey"`
	Position int       `gorm:"primaryKey"` // from 0, the strongest
	Name     string
	ItemID   ID
	Score    float64
}

// A TrendDenial keeps something from being a trend.
type TrendDenial struct {
	Kind      TrendKind `gorm:"primaryKey"`
	Name      string    `gorm:"primaryKey"`
	ItemID    ID        `gorm:"primaryKey"`
	CreatedAt time.Time
}

// A TrendUse says that an account used a hashtag, liked or passed on a post, or linked a
// page, and when it did so last: at the time of the ID Last.
type TrendUse struct {
	Name      string
	ItemID    ID
	OwnerID   ID // who wrote the post, 0 for other kinds
	AccountID ID
	Last      ID
}

// RankTrends weighs uses, each once for an account and half as much after each
// TrendHalfLife, and returns what at least LeastTrend accounts stand behind, the strongest
// first. Of one author's posts there is one.
func RankTrends(kind TrendKind, uses []TrendUse, now time.Time) []Trend {
	type key struct {
		name string
		item ID
	}
	scores, accounts, owners := map[key]float64{}, map[key]map[ID]bool{}, map[key]ID{}
	for _, u := range uses {
		k := key{u.Name, u.ItemID}
		if accounts[k] == nil {
			accounts[k], owners[k] = map[ID]bool{}, u.OwnerID
		}
		if !accounts[k][u.AccountID] {
			accounts[k][u.AccountID] = true
			scores[k] += math.Exp2(-max(0, now.Sub(u.Last.Time()).Hours()) / TrendHalfLife.Hours())
		}
	}
	var out []Trend
	for k, s := range scores {
		if len(accounts[k]) >= LeastTrend {
			out = append(out, Trend{Kind: kind, Name: k.name, ItemID: k.item, Score: s})
		}
	}
	slices.SortFunc(out, func(a, b Trend) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Name, b.Name), cmp.Compare(b.ItemID, a.ItemID))
	})
	seen := map[ID]bool{}
	out = slices.DeleteFunc(out, func(t Trend) bool {
		by := owners[key{t.Name, t.ItemID}]
		again := by != 0 && seen[by]
		seen[by] = true
		return again
	})
	out = out[:min(len(out), MaxTrends)]
	for i := range out {
		out[i].Position = i
	}
	return out
}
