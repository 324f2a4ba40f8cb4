// Package mail is the letters this server writes to its people: their words in each
// language we speak, the queue that follows a commit, and the one SMTP client. Which
// library speaks SMTP is its own affair.
//
// A feature calls Send in the transaction of what the mail is about. A mail that
// cannot be sent is tried again for two days, and then given up; either way the row
// says why.
package mail

import (
	"net/mail"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// A Letter is what is to be said to whom.
type Letter struct {
	Kind        Kind
	To          string    // an address
	Account     models.ID // whom it is about; 0 for nobody
	Locale      string
	Facts       map[string]string // what stands for {name} in its words
	Lines       []string          // a list after its first words
	Link        string            // where its button leads; "" for none
	Unsubscribe string            // address that ends this kind by one click; "" for none
}

// Ready is nil if this site can send mail. Its error is Unreachable, and a sentence for
// whoever needed it.
func Ready(site models.Site) error {
	if site.MailFrom == "" {
		return models.Refuse(models.Unreachable, "no_mail", "this server sends no mail, so that cannot be done here by yourself: ask who runs it")
	}
	return nil
}

// Send has l sent after tx commits. Where the site sends no mail, it does nothing.
func Send(tx *store.Tx, l Letter) error {
	if tx.Site.MailFrom == "" {
		return nil
	}
	site, err := tx.Site, error(nil)
	if site.Title, err = store.Title(tx); err != nil {
		return err
	}
	row, err := Compose(site, models.NewID(tx.Now), tx.Now, l)
	if err != nil {
		return err
	}
	if err := store.Put(tx, row); err != nil {
		return err
	}
	return store.Wake(tx, Post{row.ID})
}

// Compose writes l down as it is sent.
func Compose(site models.Site, id models.ID, now time.Time, l Letter) (*models.Mail, error) {
	if !Valid(l.To) {
		return nil, models.Errorf(models.Invalid, "%q is no e-mail address", l.To)
	}
	w, err := l.write(site)
	if err != nil {
		return nil, err
	}
	return &models.Mail{
		ID: id, AccountID: l.Account, Kind: string(l.Kind), Recipient: l.To, Subject: w.subject,
		Plain: w.plain, HTML: w.html, Unsubscribe: l.Unsubscribe, State: models.MailQueued, DueAt: now, CreatedAt: now,
	}, nil
}

// Valid reports whether s is an address that mail can be sent to: name@host with no
// more around it.
func Valid(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 254 || strings.ContainsAny(s, "\"<> \r\n\t") {
		return false
	}
	name, host, _ := strings.Cut(s, "@")
	return name != "" && len(name) <= 64 && (strings.Contains(host, ".") || host == "localhost") && !strings.HasPrefix(host, "[")
}

// Post is the task that sends one mail.
type Post struct {
	Mail models.ID `json:"mail,string"`
}

// Kind names the task in the queue.
func (Post) Kind() string { return "mail" }

// Travels says that the task waits for a server: see store.Traveller.
func (Post) Travels() {}

// Forget removes mails that were done with a month ago.
func Forget(tx *store.Tx) error {
	_, err := store.Delete[models.Mail](tx, "created_at < ?", tx.Now.AddDate(0, 0, -30))
	return err
}
