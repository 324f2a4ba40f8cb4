package api

import (
	"strings"

	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/web/call"
)

// wayMention names somebody who cannot be asked by a mention, and no more.
const wayMention = "mention"

// unableJSON refuses to ask somebody whose server cannot answer, and says what can
// be done in place of it.
type unableJSON struct {
	Error   string         `json:"error"`
	Code    string         `json:"code"`
	Account accountJSON    `json:"account"`
	Ways    []sentenceJSON `json:"ways"`
}

// ways are what can be done with an ability that falls short of being asked.
func ways(c *call.Call, ability string, who *models.Account) []sentenceJSON {
	if ability != collab.AbilityMention {
		return []sentenceJSON{}
	}
	return []sentenceJSON{
		{wayMention, say(c, "way_mention", who.Name()).Text}, {waySignIn, say(c, "way_sign_in", who.Name()).Text},
	}
}

// able parts those who can be asked, or may not be, from those whose servers cannot
// answer: that is known before anything is sent.
func able(c *call.Call, people []collab.Invitee) (can []collab.Invitee, others []*models.Account, err error) {
	for _, p := range people {
		ability, _, _, err := collab.CanInvite(c.Tx, c.Me, p.Account)
		switch {
		case err != nil:
			return nil, nil, err
		case ability == collab.AbilityMention:
			others = append(others, p.Account)
		default:
			can = append(can, p)
		}
	}
	return can, others, nil
}

// cannotAsk answers why who cannot be asked, and which ways there are.
func cannotAsk(c *call.Call, who *models.Account) (any, error) {
	ability, code, why, err := collab.CanInvite(c.Tx, c.Me, who)
	if err != nil {
		return nil, err
	}
	return call.Status(403, unableJSON{
		Error: orElse(c, "invite "+code, why, who.Name()), Code: code, Account: accountView(c.Site, who), Ways: ways(c, ability, who),
	})
}

// mentioning returns d with a line that mentions others, and calls that unverified.
func mentioning(c *call.Call, d post.Draft, others []*models.Account) post.Draft {
	var handles []string
	for _, who := range others {
		handles = append(handles, who.Handle(c.Site))
		d.Mentions = append(d.Mentions, models.Mention{
			AccountID: who.ID, URI: who.URI, URL: who.URL, Acct: strings.TrimPrefix(who.Handle(c.Site), "@"),
		})
	}
	if len(others) > 0 {
		d.Text = strings.TrimSpace(d.Text + "\n\n" + text.Unverified(d.Language, handles...))
	}
	return d
}

// alone publishes d as an ordinary post: nobody is left to ask.
func (a *API) alone(c *call.Call, d post.Draft) (any, error) {
	p, err := post.Publish(c.Tx, c.Me, d)
	if err != nil {
		return nil, err
	}
	return a.status(c, p.ID)
}
