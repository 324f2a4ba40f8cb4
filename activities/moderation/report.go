package moderation

import (
	"slices"
	"strings"
	"time"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// A Complaint is what a person here reports.
type Complaint struct {
	Target   *models.Account
	Posts    []models.ID // by the target, alone or with others
	Category models.ReportCategory
	Comment  string
	Rules    []string
	Forward  *bool    // tell other servers; nil: those of the authors of a joint post
	Domains  []string // tell these alone, of those that could be told; nil for all
}

// Report puts a complaint of me's before the moderators here, and, if me wishes it,
// before those of every server whose people wrote what it is about. Those are told
// by our instance actor: me is named to nobody else.
func Report(tx *store.Tx, me *models.Account, c Complaint) (*models.Report, error) {
	if err := activities.Let(tx, me, models.FeatureReports); err != nil {
		return nil, err
	}
	posts, err := check(tx, me, &c)
	if err != nil {
		return nil, err
	}
	id := models.NewID(tx.Now)
	r := &models.Report{
		ID: id, URI: tx.Site.IRI("/reports/" + id.String()), AccountID: me.ID, TargetID: c.Target.ID, PostIDs: c.Posts,
		Category: c.Category, Comment: prose(c.Comment, models.MaxReportComment), RuleIDs: c.Rules,
		State: models.ReportOpen, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if err := forward(tx, r, c, posts); err != nil {
		return nil, err
	}
	if err := store.Put(tx, r); err != nil {
		return nil, err
	}
	return r, tell(tx, r)
}

// check refuses a complaint that makes no sense, and returns the posts it is about.
func check(tx *store.Tx, me *models.Account, c *Complaint) ([]*models.Post, error) {
	if c.Category == "" {
		c.Category = models.ReportOther
		if len(c.Rules) > 0 {
			c.Category = models.ReportViolation
		}
	}
	today, err := store.Count[models.Report](tx, "account_id = ? AND created_at > ?", me.ID, tx.Now.Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	switch {
	case c.Target == nil || c.Target.State == models.AccountDeleted:
		return nil, models.Errorf(models.NotFound, "there is no such account here")
	case c.Target.ID == me.ID:
		return nil, models.Errorf(models.Invalid, "you cannot report yourself")
	case c.Target.System:
		return nil, models.Errorf(models.Invalid, "the server itself cannot be reported: write to who runs it")
	case !c.Category.Valid():
		return nil, models.Errorf(models.Invalid, "the category is spam, legal, violation or other, not %q", c.Category)
	case len([]rune(c.Comment)) > models.MaxReportComment:
		return nil, models.Errorf(models.Invalid, "a comment has at most %d letters", models.MaxReportComment)
	case len(c.Posts) > models.MaxReportPosts:
		return nil, models.Errorf(models.Invalid, "a report is about at most %d posts", models.MaxReportPosts)
	case today >= models.MaxReportsDay:
		return nil, models.Errorf(models.TooMany, "more than %d reports a day are too many: write to who runs the server", models.MaxReportsDay)
	}
	slices.Sort(c.Posts)
	c.Posts = slices.Compact(c.Posts)
	return theirs(tx, me, c)
}

// theirs returns the posts of a complaint, which me can see and the target wrote.
func theirs(tx *store.Tx, me *models.Account, c *Complaint) ([]*models.Post, error) {
	readable, err := store.Readable(tx, me.ID, c.Posts)
	if err != nil {
		return nil, err
	}
	var posts []*models.Post
	for _, id := range c.Posts {
		if !slices.Contains(readable, id) {
			return nil, models.Errorf(models.NotFound, "there is no such post here")
		}
		p, err := store.Get[models.Post](tx, id)
		if err != nil {
			return nil, err
		}
		by, err := authors(tx, p)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(by, func(a *models.Account) bool { return a.ID == c.Target.ID }) {
			return nil, models.Errorf(models.Invalid, "%s is not an author of that post", c.Target.Name())
		}
		posts = append(posts, p)
	}
	return posts, nil
}

// authors returns everybody who wrote p, the first author first.
func authors(tx *store.Tx, p *models.Post) ([]*models.Account, error) {
	first, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	others, err := post.Coauthors(tx, p)
	return append([]*models.Account{first}, others...), err
}

// forward says the report to the servers that it concerns, each about its own.
func forward(tx *store.Tx, r *models.Report, c Complaint, posts []*models.Post) error {
	told, err := concerned(tx, c, posts)
	if err != nil || len(told) == 0 {
		return err
	}
	from, err := system(tx)
	if err != nil {
		return err
	}
	for _, t := range told {
		about := []models.IRI{}
		for _, a := range t {
			about = append(about, a.URI)
		}
		for _, p := range posts {
			about = append(about, p.URI)
		}
		flag := &models.Activity{
			Verb: models.Flag, Object: models.Ref(about[0]), Objects: about, Reason: r.Comment, To: []models.IRI{t[0].URI},
		}
		if err := activities.Say(tx, from, flag, activities.To(t[0])); err != nil {
			return err
		}
		r.Forwards = append(r.Forwards, models.Forward{Host: t[0].URI.Host(), Flag: flag.URI})
	}
	return nil
}

// concerned returns who elsewhere the report is about, by server: the target, all
// authors of a joint post, and, where the domain is named, whom a post answers.
func concerned(tx *store.Tx, c Complaint, posts []*models.Post) ([][]*models.Account, error) {
	if c.Forward != nil && !*c.Forward {
		return nil, nil
	}
	var people []*models.Account
	if c.Forward != nil {
		people = append(people, c.Target)
	}
	for _, p := range posts {
		by, err := authors(tx, p)
		if err != nil {
			return nil, err
		}
		if len(by) > 1 {
			people = append(people, by...)
		}
		if len(c.Domains) > 0 && p.InReplyToAccountID != 0 {
			a, err := store.Get[models.Account](tx, p.InReplyToAccountID)
			if err != nil {
				return nil, err
			}
			people = append(people, a)
		}
	}
	return byServer(people, c.Domains), nil
}

// byServer gathers accounts that live elsewhere by their servers, each once.
func byServer(people []*models.Account, only []string) [][]*models.Account {
	var out [][]*models.Account
	seen := map[models.ID]bool{}
	for _, a := range people {
		host := a.URI.Host()
		named := slices.ContainsFunc(only, func(d string) bool { return strings.EqualFold(d, a.Domain) || strings.EqualFold(d, host) })
		if a.Local() || seen[a.ID] || !a.Active() || len(only) > 0 && !named {
			continue
		}
		seen[a.ID] = true
		i := slices.IndexFunc(out, func(t []*models.Account) bool { return t[0].URI.Host() == host })
		if i < 0 {
			out = append(out, []*models.Account{a})
		} else {
			out[i] = append(out[i], a)
		}
	}
	return out
}
