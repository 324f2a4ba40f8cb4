package models

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SunsetGrace is how long what a switched-off feature converted can be restored.
const SunsetGrace = 30 * 24 * time.Hour

// A RolloutScope says for how many a feature is there.
type RolloutScope string

// The scopes. Some is for whoever meets the conditions.
const (
	RolloutEveryone RolloutScope = "everyone"
	RolloutSome     RolloutScope = "some"
	RolloutNobody   RolloutScope = "nobody"
)

// A RolloutEnd says what happens when the dates of a limited test are over. What
// was published stays as it is in both cases.
type RolloutEnd string

// The ends: nobody starts anything new, or everybody may.
const (
	RolloutCloses RolloutEnd = "close"
	RolloutOpens  RolloutEnd = "open"
)

// A Rollout says who may start a thing that is being tried out. Every condition
// that is set has to be met; but an account that is named needs no other than the
// dates.
type Rollout struct {
	Scope     RolloutScope
	Roles     []Role
	Accounts  []string // usernames, in lower case
	Countries []string // ISO 3166-1 alpha-2, as people chose it themselves
	Percent   int      // of the accounts, 1 to 100; 0 for no such condition
	From, To  *time.Time
	End       RolloutEnd
}

// A Candidate is somebody who would start the thing.
type Candidate struct {
	Account  IRI
	Username string
	Role     Role
	Country  string
}

// The reasons why a Candidate may not start, as machine codes.
const (
	RolloutForNobody  = "rollout_nobody"
	RolloutNotYet     = "rollout_not_yet"
	RolloutOver       = "rollout_over"
	RolloutNotInGroup = "rollout_not_in_group"
)

// Refuses returns "" if p may start the feature now, or else the code of why not.
func (r *Rollout) Refuses(feature string, p Candidate, now time.Time) string {
	switch {
	case r.Scope == RolloutNobody:
		return RolloutForNobody
	case r.From != nil && now.Before(*r.From):
		return RolloutNotYet
	case r.Ended(now) && r.End == RolloutOpens:
		return ""
	case r.Ended(now):
		return RolloutOver
	case r.Scope == RolloutEveryone, slices.Contains(r.Accounts, strings.ToLower(p.Username)):
		return ""
	case !r.conditions(),
		len(r.Roles) > 0 && !slices.Contains(r.Roles, p.Role),
		len(r.Countries) > 0 && !slices.Contains(r.Countries, p.Country),
		r.Percent > 0 && share(feature, p.Account) >= r.Percent*100:
		return RolloutNotInGroup
	}
	return ""
}

// Ended reports whether the dates of the test are over.
func (r *Rollout) Ended(now time.Time) bool { return r.To != nil && !now.Before(*r.To) }

func (r *Rollout) conditions() bool {
	return len(r.Roles) > 0 || len(r.Countries) > 0 || r.Percent > 0
}

// share puts an account among ten thousand, always at the same place for one
// feature and at another for the next: who is in at 5 % is in at 20 %, too.
func share(feature string, account IRI) int {
	sum := sha256.Sum256([]byte(feature + "\x00" + string(account)))
	return int(binary.BigEndian.Uint64(sum[:8]) % 10000)
}

// ParseRollout reads what String writes: "everyone", "nobody", or conditions such
// as roles=pilot countries=FR,BE percent=20 accounts=ada; with each of them
// from=2026-11-01 to=2026-12-01 end=open. Dates are UTC. The empty text is everyone.
func ParseRollout(s string) (*Rollout, error) {
	r := &Rollout{Scope: RolloutEveryone, End: RolloutCloses}
	for i, word := range strings.Fields(s) {
		key, value, paired := strings.Cut(word, "=")
		if !paired {
			if r.Scope = RolloutScope(word); i > 0 || r.Scope != RolloutEveryone && r.Scope != RolloutNobody {
				return nil, Errorf(Invalid, "a rollout begins with everyone, nobody, or a condition; not %q", word)
			}
			continue
		}
		if err := r.set(key, value); err != nil {
			return nil, err
		}
		if slices.Contains([]string{"roles", "accounts", "countries", "percent"}, key) {
			if i > 0 && strings.Fields(s)[0] == string(RolloutEveryone) || r.Scope == RolloutNobody {
				return nil, Errorf(Invalid, "either everyone or nobody, or conditions")
			}
			r.Scope = RolloutSome
		}
	}
	if r.From != nil && r.To != nil && !r.From.Before(*r.To) {
		return nil, Errorf(Invalid, "the test would end before it begins")
	}
	return r, nil
}

func (r *Rollout) set(key, value string) (err error) {
	switch key {
	case "roles":
		for _, word := range list(value) {
			if !Role(word).Valid() {
				return Errorf(Invalid, "there is no role %q: user, pilot, moderator, admin or owner", word)
			}
			r.Roles = append(r.Roles, Role(word))
		}
	case "accounts":
		for _, word := range list(value) {
			r.Accounts = append(r.Accounts, strings.TrimPrefix(word, "@"))
		}
	case "countries":
		for _, word := range list(value) {
			if word = strings.ToUpper(word); !ValidCountry(word) {
				return Errorf(Invalid, "a country is two letters as in FR, not %q", word)
			}
			r.Countries = append(r.Countries, word)
		}
	case "percent":
		if r.Percent, err = strconv.Atoi(value); err != nil || r.Percent < 1 || r.Percent > 100 {
			return Errorf(Invalid, "percent is a number from 1 to 100, not %q", value)
		}
	case "from":
		r.From, err = date(value)
	case "to":
		r.To, err = date(value)
	case "end":
		if r.End = RolloutEnd(value); r.End != RolloutCloses && r.End != RolloutOpens {
			return Errorf(Invalid, "end is close or open, not %q", value)
		}
	default:
		return Errorf(Invalid, "a rollout knows no %q: roles, accounts, countries, percent, from, to and end", key)
	}
	return err
}

func list(s string) []string {
	out := strings.Split(strings.ToLower(s), ",")
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}

func date(s string) (*time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			at = at.UTC()
			return &at, nil
		}
	}
	return nil, Errorf(Invalid, "a date is written 2026-11-01 or 2026-11-01T18:00:00Z, not %q", s)
}

// ValidCountry reports whether s is written as an ISO 3166-1 alpha-2 code.
func ValidCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// String writes r as ParseRollout reads it.
func (r *Rollout) String() string {
	var out []string
	if r.Scope != RolloutSome {
		out = append(out, string(r.Scope))
	}
	add := func(key, value string) {
		if value != "" {
			out = append(out, key+"="+value)
		}
	}
	roles := make([]string, len(r.Roles))
	for i, role := range r.Roles {
		roles[i] = string(role)
	}
	add("roles", strings.Join(roles, ","))
	add("accounts", strings.Join(r.Accounts, ","))
	add("countries", strings.Join(r.Countries, ","))
	if r.Percent > 0 {
		add("percent", strconv.Itoa(r.Percent))
	}
	if r.From != nil {
		add("from", r.From.Format(time.RFC3339))
	}
	if r.To != nil {
		add("to", r.To.Format(time.RFC3339))
		add("end", string(r.End))
	}
	return strings.Join(out, " ")
}

// A Sunset says whether a feature is switched off, and until when what that
// converted can be restored.
type Sunset struct {
	Feature string     `gorm:"primaryKey"`
	OffAt   *time.Time // nil: it is on
	FinalAt *time.Time
}

// Off reports whether the feature is switched off.
func (s *Sunset) Off() bool { return s != nil && s.OffAt != nil }

// A RolloutChange is an entry of the log of who changed what, and when.
type RolloutChange struct {
	ID      ID
	Feature string
	Actor   string
	Before  string
	After   string
	At      time.Time
}
