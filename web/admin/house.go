package admin

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"

	"ensemble/web/call"
	"ensemble/web/page"
)

type houseView struct {
	Tab           string
	Rules         []aRule
	Announcements []anAnnouncement
	Emoji         []anEmoji
	Remote        bool
	Q             string
	Asked         url.Values
	page.Pager
}

// Was is what was typed into a field.
func (v houseView) Was(name string) string { return v.Asked.Get(name) }

// Place is where in the list the rule at i stands, as somebody typed it perhaps.
func (houseView) Place(i int, r aRule) string { return cmp.Or(r.place, strconv.Itoa(i+1)) }

const spareRules = 2 // empty fields after the rules

// houseRules is GET /admin/house.
func houseRules(c *call.Call) (any, error) {
	v := houseView{Tab: "rules"}
	var err error
	if v.Rules, err = call.Fetch[[]aRule](c, "GET", "/api/v1/instance/rules", nil); err != nil {
		return nil, err
	}
	v.Rules = append(v.Rules, make([]aRule, spareRules)...)
	return ok(c, "house", "house.html", "house.title", v)
}

// setHouseRules is POST /admin/house {rules: [{id, text, french, place}]}.
func setHouseRules(c *call.Call) (any, error) {
	q, v := url.Values{}, houseView{Tab: "rules"}
	for i, r := range c.Objects("rules") {
		v.Rules = append(v.Rules, aRule{ID: r["id"], Text: r["text"], place: r["place"], was: i + 1, Translations: map[string]struct {
			Text string `json:"text"`
		}{"fr": {r["french"]}}})
	}
	sorted := slices.Clone(v.Rules)
	slices.SortStableFunc(sorted, func(a, b aRule) int { return cmp.Compare(a.at(), b.at()) })
	for i, r := range sorted {
		at := "rules[" + strconv.Itoa(i) + "]"
		q.Set(at+"[id]", r.ID)
		q.Set(at+"[text]", r.Text)
		q.Set(at+"[french]", r.French())
	}
	if _, err := c.Ask("PUT", ourAdmin+"/rules", q); err != nil {
		return again(c, err, "house", "house.html", page.Page{Title: set.Say(c, "house.title"), View: v})
	}
	return after("/admin/house", "rules_set")
}

// at orders rules by their places: one that moved goes before the one whose place it
// takes if it came from below, after it if it came from above. The last is what has none.
func (r aRule) at() int {
	n, err := strconv.Atoi(r.place)
	if err != nil || n < 1 || n > 1000 {
		return math.MaxInt
	}
	return 2*n + cmp.Compare(n, r.was)
}

// French is the rule in French, "" for none.
func (r aRule) French() string { return r.Translations["fr"].Text }

const apiAnnouncements, apiEmoji = ourAdmin + "/announcements", ourAdmin + "/emojis"

// announcements is GET /admin/house/announcements.
func announcements(c *call.Call) (any, error) { return showAnnouncements(c, nil) }

func showAnnouncements(c *call.Call, wrong error) (any, error) {
	v := houseView{Tab: "announcements", Asked: params(c, "text", "ends_at")}
	var err error
	if v.Announcements, err = call.Fetch[[]anAnnouncement](c, "GET", apiAnnouncements, nil); err != nil {
		return nil, err
	}
	for i, a := range v.Announcements {
		v.Announcements[i].Over = a.EndsAt != nil && a.EndsAt.Before(c.Now())
	}
	return housePage(c, v, wrong, "announcements.html")
}

func housePage(c *call.Call, v houseView, wrong error, name string) (any, error) {
	if wrong != nil {
		return again(c, wrong, "house", name, page.Page{Title: set.Say(c, "house.title"), View: v})
	}
	return ok(c, "house", name, "house.title", v)
}

// changeAnnouncements is POST /admin/house/announcements: {text, ends_at}, or {drop}.
func changeAnnouncements(c *call.Call) (any, error) {
	var err error
	done := "announced"
	if id := c.Str("drop"); id != "" {
		done = "announcement_dropped"
		_, err = c.Ask("DELETE", apiAnnouncements+"/"+url.PathEscape(id), nil)
	} else {
		_, err = c.Ask("POST", apiAnnouncements, params(c, "text", "ends_at"))
	}
	if err != nil {
		return showAnnouncements(c, err)
	}
	return after("/admin/house/announcements", done)
}

// emoji is GET /admin/house/emoji {remote, q}.
func emoji(c *call.Call) (any, error) { return showEmoji(c, nil) }

func showEmoji(c *call.Call, wrong error) (any, error) {
	v := houseView{Tab: "emoji", Remote: c.Bool("remote"), Q: c.Query("q"), Asked: params(c, "shortcode", "category")}
	q := url.Values{"limit": {"60"}, "q": {v.Q}}
	if v.Remote {
		q.Set("remote", "true")
	}
	var err error
	if v.Emoji, v.Pager, err = page.List[anEmoji](c, apiEmoji, q); err != nil {
		return nil, err
	}
	return housePage(c, v, wrong, "emoji.html")
}

// changeEmoji is POST /admin/house/emoji: {do, id}, or a new one {shortcode, category, image}.
func changeEmoji(c *call.Call) (any, error) {
	var err error
	id, do := url.PathEscape(c.Str("id")), c.Str("do")
	to := "/admin/house/emoji"
	switch do {
	case "disable", "enable":
		_, err = c.Ask("PATCH", apiEmoji+"/"+id, url.Values{"disabled": {strconv.FormatBool(do == "disable")}})
	case "drop":
		_, err = c.Ask("DELETE", apiEmoji+"/"+id, nil)
	case "copy":
		to += "?remote=true"
		_, err = c.Ask("POST", apiEmoji+"/"+id+"/copy", nil)
	default:
		do = "add"
		_, err = c.AskFiles("POST", apiEmoji, params(c, "shortcode", "category"), map[string]string{"image": "image"})
	}
	if err != nil {
		return showEmoji(c, err)
	}
	return after(to, "emoji_"+do)
}
