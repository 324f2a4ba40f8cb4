package admin

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

const apiSettings, apiLegal = ourAdmin + "/settings", ourAdmin + "/legal"

// parts are what is settled, in the order in which a new server is asked.
var parts = []string{"server", "people", "mail", "storage", "legal", "check"}

// settingPages are the same pages twice: by themselves, and as the steps in which a new
// server is put in order.
func settingPages() []call.Route {
	run := models.Holding(models.Run)
	var routes []call.Route
	for _, root := range []string{settingsRoot, setupRoot} {
		routes = append(routes,
			read(root, run, settingsFront), read(root+"/:part", run, settingsPart), write(root+"/:part", run, changeSettings),
			read(root+"/legal/:kind/:language", run, legalText), write(root+"/legal/:kind/:language", run, writeLegalText))
	}
	for i := range routes {
		routes[i].Handler = inWords(routes[i].Handler)
	}
	return routes
}

const settingsRoot, setupRoot = "/admin/settings", "/admin/setup"

// aSettings is the API's Ensemble::Settings.
type aSettings struct {
	Title          string   `json:"title"`
	Description    string   `json:"description"`
	Contact        string   `json:"contact_email"`
	ContactAccount string   `json:"contact_account"`
	Thumbnail      string   `json:"thumbnail"`
	Languages      []string `json:"languages"`
	Registrations  struct {
		Mode    string `json:"mode"`
		Reason  bool   `json:"reason_required"`
		MinAge  *int   `json:"min_age"`
		Message string `json:"message"`
		Open    bool   `json:"enabled"`
		Code    string `json:"code"`
	} `json:"registrations"`
	StaffFactor bool `json:"staff_second_factor"`
	Configured  struct {
		Domain   string  `json:"domain"`
		Origin   string  `json:"origin"`
		Title    string  `json:"title"`
		Database string  `json:"database"`
		Mail     *string `json:"mail_server"`
		MailFrom *string `json:"mail_from"`
		MediaAt  string  `json:"media_at"`
		Bucket   bool    `json:"bucket"`
	} `json:"configured"`
}

// aLegal is the API's Ensemble::LegalText.
type aLegal struct {
	Kind      string        `json:"kind"`
	Language  string        `json:"language"`
	Text      string        `json:"text"`
	HTML      template.HTML `json:"html"` // made by our own program of what was escaped
	Template  string        `json:"template"`
	Blanks    []string      `json:"blanks"`
	Asks      []string      `json:"asks"`
	Complete  bool          `json:"complete"`
	UpdatedAt *time.Time    `json:"updated_at"`
}

// settingsView is a page of what is settled.
type settingsView struct {
	Root, Part   string
	Wizard       bool
	Before, Next string // parts; "" for none
	S            aSettings
	Tongues      string
	Modes        []string
	Legal        []aLegal
	One          *aLegal
	Facts        []aFact
	Open         int // texts that are not complete
	findings
	Sent  string
	asked url.Values
}

// Parts are the entries of the page's own navigation.
func (v settingsView) Parts() []string {
	if v.Wizard {
		return parts
	}
	return parts[:len(parts)-1] // the self-check has a room of its own
}

// Step is the number of the part that is shown.
func (v settingsView) Step() int { return slices.Index(parts, v.Part) + 1 }

// Steps is how many there are.
func (settingsView) Steps() int { return len(parts) }

// Number is the number of the part at i.
func (settingsView) Number(i int) int { return i + 1 }

// Age is the minimum age, "" for none.
func (v settingsView) Age() string {
	if v.S.Registrations.MinAge == nil {
		return ""
	}
	return strconv.Itoa(*v.S.Registrations.MinAge)
}

// An aFact is something that the legal texts ask for.
type aFact struct{ Name, Was, Kind, Auto string }

var facts = []aFact{
	{Name: "name", Kind: "text", Auto: "organization"}, {Name: "address", Kind: "text", Auto: "street-address"}, {Name: "contact", Kind: "email", Auto: "email"},
	{Name: "host", Kind: "text"}, {Name: "law", Kind: "text", Auto: "country-name"}, {Name: "age", Kind: "number"}, {Name: "backups", Kind: "text"},
}

// settingsFront is GET /admin/settings, and of the steps.
func settingsFront(c *call.Call) (any, error) {
	return call.Redirect(c.Request.URL.Path + "/" + parts[0]), nil
}

// settingsPart is GET /admin/settings/:part.
func settingsPart(c *call.Call) (any, error) {
	v, err := settingsOf(c)
	if err != nil {
		return nil, err
	}
	return showSettings(c, v, nil)
}

func settingsOf(c *call.Call) (*settingsView, error) {
	v := &settingsView{Root: settingsRoot, Part: c.Str("part"), Modes: []string{"open", "approval", "invite", "closed"}}
	if strings.HasPrefix(c.Request.URL.Path, setupRoot+"/") {
		v.Root, v.Wizard = setupRoot, true
	}
	if c.Str("kind") != "" {
		v.Part = "legal"
	}
	i := slices.Index(parts, v.Part)
	if i < 0 || v.Part == "check" && !v.Wizard {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	if i > 0 {
		v.Before = parts[i-1]
	}
	if i+1 < len(parts) {
		v.Next = parts[i+1]
	}
	var err error
	if v.S, err = call.Fetch[aSettings](c, http.MethodGet, apiSettings, nil); err != nil {
		return nil, err
	}
	v.Tongues = strings.Join(v.S.Languages, ", ")
	if v.Part == "legal" || v.Part == "people" {
		err = v.readLegal(c)
	}
	if v.Part == "check" {
		v.findings, err = look(c, "")
	}
	return v, err
}

func (v *settingsView) readLegal(c *call.Call) (err error) {
	if v.Legal, err = call.Fetch[[]aLegal](c, http.MethodGet, apiLegal, nil); err != nil {
		return err
	}
	var asks []string
	for _, t := range v.Legal {
		if !t.Complete {
			v.Open++
		}
		asks = append(asks, t.Asks...)
	}
	for _, f := range facts {
		if slices.Contains(asks, f.Name) {
			v.Facts = append(v.Facts, f)
		}
	}
	return nil
}

func showSettings(c *call.Call, v *settingsView, wrong error) (any, error) {
	for i := range v.Facts {
		v.Facts[i].Was = v.asked.Get(v.Facts[i].Name)
	}
	title := "settings.title"
	if v.Wizard {
		title = "settings.setup_title"
	}
	p := page.Page{Title: set.Say(c, "settings.part."+v.Part) + " · " + set.Say(c, title), View: v}
	return orAgain(c, wrong, "settings", "settings.html", p)
}

// onward is where one goes when a part is saved: to the next step, or back to the part.
func (v *settingsView) onward(done string) (any, error) {
	if v.Wizard && v.Next != "" {
		return after(v.Root+"/"+v.Next, done)
	}
	return after(v.Root+"/"+v.Part, done)
}
