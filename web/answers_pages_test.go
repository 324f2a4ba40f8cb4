package web_test

import (
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store/storetest"
)

// Who started a post sees from when on they may remind somebody, and does so by a button;
// who would rather be an author than thanked is invited by another.
func TestAnswersLeadOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t, dialect)
		at, bob := "/collabs/"+d.collab.ID.String(), "account_id="+d.bob.ID.String()
		d.shows(d.page(d.alice, at, ""), 200, "You can remind them from", "!Remind them")
		d.shows(d.page(d.alice, at+"/act/remind", bob), 429, "Once a day is enough.")
		d.shows(d.page(d.alice, at+"/act/remind?lang=fr", bob), 429, "Une fois par jour suffit.")
		inv := one[models.Invite](d.server, "collab_id = ?", d.collab.ID)
		yesterday := d.db.Now().Add(-25 * time.Hour)
		inv.SentAt = &yesterday
		d.put(inv)
		d.shows(d.page(d.alice, at, ""), 200, "No answer so far.", "Remind them")
		d.shows(d.page(d.bro, at, ""), 200, "!Remind them")
		d.shows(d.page(d.bro, at+"/act/remind", bob), 403, "Only who started it can do that")
		d.shows(d.page(d.alice, at+"/act/remind", bob), 303)
		d.shows(d.page(d.alice, at+"?lang=fr", ""), 200, "Rappel envoyé", "Vous pourrez relancer à partir du")

		p := d.post(d.server.alice, "<p>A drawing</p>", models.VisPublic)
		d.shows(d.page(d.alice, "/credit", "status="+p.ID.String()+"&acct=@bob&as=illustration"), 303)
		credit := one[models.Invite](d.server, "role = ?", models.RoleCredit)
		ask := "/requests/" + credit.CollabID.String()
		d.shows(d.page(d.bro, ask+"/decline?lang=fr", ""), 200, "Me créditer comme co-auteur ou co-autrice")
		d.shows(d.page(d.bro, ask+"/decline", "answer=as_coauthor&reason="), 303)
		work := "/collabs/" + credit.CollabID.String()
		d.shows(d.page(d.alice, work, ""), 200, "Invite as co-author", "To be named as a co-author.")
		d.shows(d.page(d.alice, work+"/act/invite", "acct=bob"), 303)
		d.shows(d.page(d.alice, work, ""), 200, "!Invite as co-author")
		if w := d.page("", strings.TrimPrefix(string(p.URL), here.Origin), ""); strings.Contains(w.Body.String(), "@bob") {
			t.Error("bob is named before he accepts")
		}
		d.shows(d.page(d.bro, ask+"/accept", "covers_edits="), 303)
		if w := d.page("", strings.TrimPrefix(string(p.URL), here.Origin), ""); !strings.Contains(w.Body.String(), "@bob") {
			t.Errorf("bob is not named: %s", w.Body)
		}
	})
}
