package moderation

import (
	"encoding/json"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// The settings that the rules of the server are kept in: their texts, one a line, and the
// same in French; and which number is whose, for all that there ever were.
const (
	SettingRules        = "site.rules"
	SettingRulesFrench  = "site.rules.fr"
	settingRulesNumbers = "site.rules.numbers"
)

// maxGone is how many rules that hold no more are remembered for the reports that name
// them.
const maxGone = 200

// A Rule is what people here promise to keep to. Its ID stays its own, whatever becomes of
// its words and its place, and is nobody else's afterwards.
type Rule struct {
	ID     models.ID `json:"id"`
	Text   string    `json:"text"`
	French string    `json:"french,omitempty"` // "" for none
	Gone   bool      `json:"gone,omitempty"`   // it holds no more
}

// Rules returns the rules that hold, in their order.
func Rules(tx *store.Tx) ([]Rule, error) {
	all, err := AllRules(tx)
	return slices.DeleteFunc(all, func(r Rule) bool { return r.Gone }), err
}

// AllRules returns the rules that hold, in their order, and then those that do not any
// more.
func AllRules(tx *store.Tx) ([]Rule, error) {
	rows, err := store.Find[models.Setting](tx, "name IN ?", []string{SettingRules, SettingRulesFrench, settingRulesNumbers})
	if err != nil {
		return nil, err
	}
	value := map[string]string{}
	for _, s := range rows {
		value[s.Name] = s.Value
	}
	var book []Rule
	if kept := value[settingRulesNumbers]; kept != "" {
		if err := json.Unmarshal([]byte(kept), &book); err != nil {
			return nil, err
		}
	}
	return numbered(lines(value[SettingRules], value[SettingRulesFrench]), book), nil
}

// lines reads rules, one a line, and their French.
func lines(text, french string) (out []Rule) {
	fr := strings.Split(french, "\n")
	for i, s := range strings.Split(text, "\n") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		r := Rule{Text: s}
		if i < len(fr) {
			r.French = strings.TrimSpace(fr[i])
		}
		out = append(out, r)
	}
	return out
}

// unused is the first number that no rule of the book ever had.
func unused(book []Rule) models.ID {
	next := models.ID(1)
	for _, r := range book {
		next = max(next, r.ID+1)
	}
	return next
}

// numbered gives each rule the number that the book has for its text, and one that nobody
// had yet to those that it does not know. The rest of the book holds no more.
func numbered(rules, book []Rule) []Rule {
	next, rest := unused(book), slices.Clone(book)
	for i := range rules {
		at := slices.IndexFunc(rest, func(b Rule) bool { return b.Text == rules[i].Text && !b.Gone })
		if at < 0 {
			continue
		}
		rules[i].ID = rest[at].ID
		rest = slices.Delete(rest, at, at+1)
	}
	for i := range rules {
		if rules[i].ID == 0 {
			rules[i].ID, next = next, next+1
		}
	}
	for _, r := range rest {
		r.Gone = true
		rules = append(rules, r)
	}
	return rules
}

// SetRules makes these the rules that hold, in this order. One with an ID is that rule, in
// other words perhaps; one without is the rule of the same text, or a new one. It is
// refused with the code rule_gone for an ID that no rule has, and rule_twice for one that
// is there twice. It returns the rules with their IDs.
func SetRules(tx *store.Tx, rules []Rule) ([]Rule, error) {
	was, err := AllRules(tx)
	if err != nil {
		return nil, err
	}
	next, taken := unused(was), map[models.ID]bool{}
	for i, r := range rules {
		holds := slices.ContainsFunc(was, func(w Rule) bool { return w.ID == r.ID && !w.Gone })
		switch {
		case slices.ContainsFunc(rules[:i], func(o Rule) bool { return o.Text == r.Text }) || taken[r.ID]:
			return nil, models.Refuse(models.Invalid, "rule_twice", "the same rule is there twice: %s", r.Text)
		case r.ID != 0 && !holds:
			return nil, models.Refuse(models.Invalid, "rule_gone", "there is no rule %d any more", r.ID)
		case r.ID != 0:
			taken[r.ID] = true
		}
	}
	for i := range rules {
		r := &rules[i]
		if r.ID != 0 {
			continue
		}
		at := slices.IndexFunc(was, func(w Rule) bool { return w.Text == r.Text && !w.Gone && !taken[w.ID] })
		if at >= 0 {
			r.ID = was[at].ID
			taken[r.ID] = true
		} else {
			r.ID, next = next, next+1
		}
	}
	for i := range was {
		was[i].Gone = true
	}
	was = slices.DeleteFunc(was, func(w Rule) bool { return taken[w.ID] })
	slices.SortFunc(was, func(a, b Rule) int { return int(b.ID - a.ID) })
	return rules, keepRules(tx, rules, was[:min(len(was), maxGone)])
}

func keepRules(tx *store.Tx, rules, gone []Rule) error {
	var text, french []string
	for _, r := range rules {
		text, french = append(text, r.Text), append(french, r.French)
	}
	book, err := json.Marshal(append(slices.Clone(rules), gone...))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		SettingRules: strings.Join(text, "\n"), SettingRulesFrench: strings.Join(french, "\n"), settingRulesNumbers: string(book),
	} {
		if err := store.Put(tx, &models.Setting{Name: name, Value: value, UpdatedAt: &tx.Now}); err != nil {
			return err
		}
	}
	return nil
}

// SetRuleLines is SetRules of one rule a line. Their French stays with them.
func SetRuleLines(tx *store.Tx, text string) error {
	was, err := Rules(tx)
	if err != nil {
		return err
	}
	rules := lines(text, "")
	for i := range rules {
		if at := slices.IndexFunc(was, func(w Rule) bool { return w.Text == rules[i].Text }); at >= 0 {
			rules[i].French = was[at].French
		}
	}
	_, err = SetRules(tx, rules)
	return err
}
