package rollout

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// A Notice is what anybody may know of a feature that is tried out: that it is,
// on whom, from when to when, and what happens then. Its sentences are plain text.
type Notice struct {
	Feature  string
	State    string // everyone, test, nobody, waiting, over, off
	Start    string // who may start
	Take     string // who may take part
	Dates    string
	End      string // what happens at the end
	From, To *time.Time
	OffAt    *time.Time
	FinalAt  *time.Time
}

// Tell returns the notice about posts of several authors, in en or fr.
func Tell(tx *store.Tx, lang string) (*Notice, error) {
	r, err := Rule(tx)
	if err != nil {
		return nil, err
	}
	s, err := Switch(tx)
	if err != nil {
		return nil, err
	}
	w := words[lang]
	if w == nil {
		w = words["en"]
	}
	n := &Notice{Feature: Collabs, State: state(r, s, tx.Now), Take: w["take"], From: r.From, To: r.To}
	n.Start, n.Dates, n.End = w["start_"+string(r.Scope)], dates(w, r), w["end_"+string(r.End)]
	if r.Scope == models.RolloutSome {
		n.Start += " " + strings.Join(conditions(w, r), " ")
	}
	if r.To == nil {
		n.End = w["end_none"]
	}
	if s.Off() {
		n.OffAt, n.FinalAt = s.OffAt, s.FinalAt
		n.Start, n.Take, n.Dates = w["off"], "", fmt.Sprintf(w["off_since"], day(*s.OffAt))
		n.End = fmt.Sprintf(w["off_end"], day(*s.FinalAt))
	}
	return n, nil
}

func state(r *models.Rollout, s *models.Sunset, now time.Time) string {
	switch {
	case s.Off():
		return "off"
	case r.Scope == models.RolloutNobody:
		return "nobody"
	case r.From != nil && now.Before(*r.From):
		return "waiting"
	case r.Ended(now) && r.End == models.RolloutCloses:
		return "over"
	case r.Ended(now), r.Scope == models.RolloutEveryone && r.To == nil:
		return "everyone"
	}
	return "test"
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func dates(w map[string]string, r *models.Rollout) string {
	switch {
	case r.From != nil && r.To != nil:
		return fmt.Sprintf(w["from_to"], day(*r.From), day(*r.To))
	case r.From != nil:
		return fmt.Sprintf(w["from"], day(*r.From))
	case r.To != nil:
		return fmt.Sprintf(w["to"], day(*r.To))
	}
	return w["always"]
}

// conditions says the conditions one by one. Accounts are counted, not named: who
// takes part in a test is not everybody's to know.
func conditions(w map[string]string, r *models.Rollout) []string {
	var out []string
	if len(r.Roles) > 0 {
		names := make([]string, len(r.Roles))
		for i, role := range r.Roles {
			names[i] = string(role)
		}
		out = append(out, fmt.Sprintf(w["roles"], strings.Join(names, ", ")))
	}
	if len(r.Countries) > 0 {
		out = append(out, fmt.Sprintf(w["countries"], strings.Join(r.Countries, ", ")))
	}
	if r.Percent > 0 {
		out = append(out, fmt.Sprintf(w["percent"], strconv.Itoa(r.Percent)))
	}
	if n := len(r.Accounts); n > 0 {
		out = append(out, fmt.Sprintf(w["accounts"], strconv.Itoa(n)))
	}
	return out
}

var words = map[string]map[string]string{
	"en": {
		"start_everyone": "Every account of this server may start a post of several authors.",
		"start_some":     "Posts of several authors are being tried out: an account may start one if it meets all of this.",
		"start_nobody":   "Nobody may start a post of several authors at present.",
		"take":           "Everybody may receive invitations and accept them, whoever they are.",
		"roles":          "Its role is one of: %s.", "countries": "The country in its settings is one of: %s.",
		"percent": "It is among the %s %% of accounts that were drawn.", "accounts": "Besides, %s accounts were named.",
		"from_to": "From %s to %s.", "from": "From %s on.", "to": "Until %s.", "always": "No end is set.",
		"end_close": "At the end nobody starts new ones. What was published stays as it is, under all its names, and invitations can still be answered.",
		"end_open":  "At the end every account may start them. What was published stays as it is.",
		"end_none":  "What was published stays as it is, under all its names.",
		"off":       "Posts of several authors are switched off on this server.",
		"off_since": "They have been off since %s.",
		"off_end":   "Each of them is now a post of its first author that the others boost. Until %s this can be undone with the same consents; after that it is final.",
	},
	"fr": {
		"start_everyone": "Tout compte de ce serveur peut lancer une publication à plusieurs.",
		"start_some":     "Les publications à plusieurs sont à l’essai : un compte peut en lancer une s’il remplit toutes ces conditions.",
		"start_nobody":   "Personne ne peut lancer de publication à plusieurs pour le moment.",
		"take":           "Tout le monde peut recevoir des invitations et les accepter.",
		"roles":          "Son rôle est l’un de ceux-ci : %s.", "countries": "Le pays de ses réglages est l’un de ceux-ci : %s.",
		"percent": "Il fait partie des %s %% de comptes tirés au sort.", "accounts": "En outre, %s comptes ont été désignés.",
		"from_to": "Du %s au %s.", "from": "À partir du %s.", "to": "Jusqu’au %s.", "always": "Aucune fin n’est prévue.",
		"end_close": "À la fin, personne n’en lance plus. Ce qui est publié reste tel quel, sous tous ses noms, et les invitations peuvent encore recevoir une réponse.",
		"end_open":  "À la fin, tout compte pourra en lancer. Ce qui est publié reste tel quel.",
		"end_none":  "Ce qui est publié reste tel quel, sous tous ses noms.",
		"off":       "Les publications à plusieurs sont désactivées sur ce serveur.",
		"off_since": "Elles le sont depuis le %s.",
		"off_end":   "Chacune est maintenant une publication de sa première signature, partagée par les autres. Jusqu’au %s, cela peut être annulé avec les mêmes accords ; ensuite, c’est définitif.",
	},
}
