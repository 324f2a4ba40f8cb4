package account

import (
	"strings"
	"time"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// perAddress is how many accounts are asked for from one address in a day.
const perAddress = 10

// maxReason is how long a reason is, in letters.
const maxReason = 1000

// An Application is what somebody says who wants an account.
type Application struct {
	Username, Email, Password string
	Agreement                 bool
	Locale, Reason            string
	Born                      string // a date; it is looked at, and not kept
	Invite                    string // a code; "" for none
	Address                   string // from where they come
	ClientID                  string // of the app they use; "" for the page
}

// A verdict is what the rules say of an application.
type verdict struct {
	approval bool // a moderator is to look at it
	minor    bool // not yet eighteen
	invite   *models.InviteCode
}

// Check is nil if p will do, as it is before the transaction that takes it. Its error
// is Problems, Forbidden where nobody may sign up, or TooMany.
func (p *Application) Check(tx *store.Tx) error {
	_, err := p.judge(tx)
	return err
}

// CheckFounder is Check for the first owner, who comes whatever the rules say of others.
func (p *Application) CheckFounder(tx *store.Tx) error {
	var no Problems
	p.Agreement = true
	for _, check := range []func(*store.Tx, Registrations, *verdict, *Problems) error{p.checkName, p.checkEmail, p.checkRest} {
		if err := check(tx, Registrations{}, &verdict{}, &no); err != nil {
			return err
		}
	}
	if len(no) > 0 {
		return no
	}
	return nil
}

func (p *Application) judge(tx *store.Tx) (v verdict, err error) {
	r, err := Registered(tx)
	if err != nil {
		return v, err
	}
	if err := p.admitted(tx, r, &v); err != nil {
		return v, err
	}
	var no Problems
	for _, check := range []func(*store.Tx, Registrations, *verdict, *Problems) error{p.checkName, p.checkEmail, p.checkRest, p.checkAge} {
		if err := check(tx, r, &v, &no); err != nil {
			return v, err
		}
	}
	if len(no) > 0 {
		return v, no
	}
	return v, nil
}

// notAllowed is what Mastodon says where nobody may sign up.
var notAllowed = models.Refuse(models.Forbidden, "registrations_closed", "This action is not allowed")

// admitted looks whether somebody may sign up at all, from there and with that code.
func (p *Application) admitted(tx *store.Tx, r Registrations, v *verdict) error {
	if err := mail.Ready(tx.Site); err != nil {
		return notAllowed
	}
	if p.Invite != "" {
		i, err := store.Maybe[models.InviteCode](tx, "code = ?", strings.ToUpper(strings.TrimSpace(p.Invite)))
		if err != nil {
			return err
		}
		if i != nil && i.Good(tx.Now) {
			v.invite = i
		}
	}
	if r.Mode == "invite" && v.invite == nil && p.Invite != "" {
		return Problems{{"invite_code", "ERR_INVALID", "is not known, used up, or over"}}
	}
	if v.invite == nil && r.Mode != "open" && r.Mode != "approval" || r.Mode == "closed" {
		return notAllowed
	}
	if err := r.Unready(); err != nil {
		return err
	}
	v.approval = r.Mode == "approval" && v.invite == nil
	severity, err := Severity(tx, p.Address)
	if err != nil {
		return err
	}
	if severity.Rank() > models.IPApproval.Rank() {
		return notAllowed
	}
	v.approval = v.approval || severity == models.IPApproval
	made, err := store.Count[models.SignUp](tx, "address = ? AND created_at > ?", p.Address, tx.Now.Add(-24*time.Hour))
	if err == nil && made >= perAddress && p.Address != "" {
		err = models.Refuse(models.TooMany, "too_many_sign_ups", "Too many requests")
	}
	return err
}

func (p *Application) checkName(tx *store.Tx, _ Registrations, _ *verdict, no *Problems) error {
	switch name := p.Username; {
	case name == "":
		no.add("username", "ERR_BLANK", "can't be blank")
	case len(name) > 30:
		no.add("username", "ERR_TOO_LONG", "is too long (maximum is 30 characters)")
	case !nameShape.MatchString(name):
		no.add("username", "ERR_INVALID", "must contain only letters, numbers and underscores")
	case isReserved(name):
		no.add("username", "ERR_RESERVED", "is reserved")
	default:
		taken, err := store.Any[models.Account](tx, "lower(username) = ? AND domain = ''", strings.ToLower(name))
		if taken {
			no.add("username", "ERR_TAKEN", "has already been taken")
		}
		return err
	}
	return nil
}

// checkEmail does not look whether an account has the address: see SignUp.
func (p *Application) checkEmail(tx *store.Tx, _ Registrations, v *verdict, no *Problems) error {
	p.Email = strings.ToLower(strings.TrimSpace(p.Email))
	switch {
	case p.Email == "":
		no.add("email", "ERR_BLANK", "can't be blank")
		return nil
	case !mail.Valid(p.Email):
		no.add("email", "ERR_INVALID", "is invalid")
		return nil
	}
	blocked, approval, err := barred(tx, p.Email)
	if blocked {
		no.add("email", "ERR_BLOCKED", "uses a disallowed e-mail provider")
	}
	v.approval = v.approval || approval
	return err
}

func (p *Application) checkRest(_ *store.Tx, r Registrations, v *verdict, no *Problems) error {
	switch n := len(p.Password); {
	case n == 0:
		no.add("password", "ERR_BLANK", "can't be blank")
	case n < 8:
		no.add("password", "ERR_TOO_SHORT", "is too short (minimum is 8 characters)")
	case n > 256:
		no.add("password", "ERR_TOO_LONG", "is too long (maximum is 256 characters)")
	}
	if !p.Agreement {
		no.add("agreement", "ERR_ACCEPTED", "must be accepted")
	}
	p.Reason = strings.TrimSpace(p.Reason)
	switch {
	case v.approval && r.Reason && p.Reason == "":
		no.add("reason", "ERR_BLANK", "can't be blank")
	case len([]rune(p.Reason)) > maxReason:
		no.add("reason", "ERR_TOO_LONG", "is too long (maximum is 1000 characters)")
	}
	return nil
}

func (p *Application) checkAge(tx *store.Tx, r Registrations, v *verdict, no *Problems) error {
	if p.Born == "" {
		if r.MinAge > 0 {
			no.add("date_of_birth", "ERR_BLANK", "can't be blank")
		}
		return nil
	}
	born, err := time.Parse(time.DateOnly, p.Born)
	if err != nil || born.After(tx.Now) || born.Year() < 1900 {
		no.add("date_of_birth", "ERR_INVALID", "is invalid")
		return nil
	}
	if born.AddDate(r.MinAge, 0, 0).After(tx.Now) {
		no.add("date_of_birth", "ERR_BELOW_LIMIT", "is below the age limit")
	}
	v.minor = born.AddDate(18, 0, 0).After(tx.Now)
	return nil
}

// SignUp makes an account that waits: for its address to be confirmed, and perhaps for
// a moderator. Nobody sees it until then. Whether the address has an account already
// is told by mail to that address alone; whoever asked sees no difference.
func SignUp(tx *store.Tx, p Application, hash string, k models.KeyPair) (*models.Account, error) {
	v, err := p.judge(tx)
	if err != nil {
		return nil, err
	}
	if v.invite != nil {
		n, err := store.Set[models.InviteCode](tx, map[string]any{"uses": store.Expr("uses + 1")},
			"id = ? AND (max_uses = 0 OR uses < max_uses)", v.invite.ID)
		if err != nil || n == 0 {
			return nil, first(err, Problems{{"invite_code", "ERR_INVALID", "is not known, used up, or over"}})
		}
	}
	a, u := newcomer(tx, p.Username, p.Locale)
	a.State, u.Email, u.PasswordHash = models.AccountPending, "?"+a.ID.String(), hash
	if v.minor { // whether they want duets is for them to say: FEATURES C20
		u.DuetPolicy = models.QuoteNobody
	}
	if err := keep(tx, a, k); err != nil {
		return nil, err
	}
	s := &models.SignUp{
		AccountID: a.ID, ClientID: p.ClientID, Email: p.Email, Reason: p.Reason, Address: p.Address, NeedsApproval: v.approval, CreatedAt: tx.Now,
	}
	if err := first(store.Put(tx, u), store.Put(tx, s)); err != nil {
		return nil, err
	}
	return a, askToConfirm(tx, a, u, s)
}

// askToConfirm writes to the address that somebody signed up with.
func askToConfirm(tx *store.Tx, a *models.Account, u *models.User, s *models.SignUp) error {
	owner, err := store.Maybe[models.User](tx, "email = ?", s.Email)
	if err != nil {
		return err
	}
	link, err := newLink(tx, a, models.LinkConfirm, s.Email, confirmFor)
	if err != nil {
		return err
	}
	l := mail.Letter{Kind: mail.Confirm, To: s.Email, Link: string(tx.Site.IRI("/auth/confirmation?confirmation_token=" + link))}
	if owner == nil {
		return write(tx, a, u, l)
	}
	has, err := store.Get[models.Account](tx, owner.AccountID)
	if err != nil {
		return err
	}
	l.Kind, l.Link, l.Facts = mail.Taken, string(tx.Site.IRI("/auth/sign_in")), map[string]string{"handle": has.Handle(tx.Site)}
	u = &models.User{Locale: owner.Locale}
	return write(tx, a, u, l)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
