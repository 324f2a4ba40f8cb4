package activities

import (
	"ensemble/models"
	"ensemble/models/store"
)

// bans say what somebody may not do any more.
var bans = map[models.Feature]string{
	models.FeatureCollabs: "the moderators of this server do not let you write posts together with others",
	models.FeatureClaims:  "the moderators of this server do not let you claim credits",
	models.FeatureReports: "the moderators of this server do not take reports by you",
}

// Let refuses a feature to those whom moderators shut out of it, with the code
// "feature_banned".
func Let(tx *store.Tx, a *models.Account, f models.Feature) error {
	shut, err := store.Any[models.FeatureBan](tx, "account_id = ? AND feature = ?", a.ID, f)
	if err == nil && shut {
		err = models.Refuse(models.Forbidden, "feature_banned", "%s", bans[f])
	}
	return err
}
