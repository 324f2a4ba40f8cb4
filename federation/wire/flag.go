package wire

import "ensemble/models"

// accuse reads what a Flag v is about, and why. Mastodon and Pleroma list the
// account and its posts, Misskey and Lemmy name one thing; posts may be embedded,
// and Lemmy gives the reason as a summary.
func accuse(a *models.Activity, v value) {
	a.Objects = v.get("object").iris(MaxObjects)
	a.Reason = v.get("content").short(maxAccusation)
	if a.Reason == "" {
		a.Reason = v.get("summary").short(maxAccusation)
	}
}

// maxAccusation is how many bytes of a reason are read.
const maxAccusation = 16 << 10
