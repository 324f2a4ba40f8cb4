package api

import (
	"fmt"
	"strconv"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Copies are the files of other servers that are kept here.
type Copies interface {
	Size() int64
	Most() int64
	// Over returns how much SetMost would drop.
	Over(most int64) (files int, bytes int64)
	SetMost(most int64)
}

// SettingCache names the setting that says how many bytes of other servers' files are kept.
const SettingCache = "media.cache"

// The limits on that, in bytes.
const (
	leastCache = 1 << 20
	mostCache  = 100 << 40
)

func (a *API) cacheRoutes() []call.Route {
	const at = "/api/ensemble/v1/admin/cache"
	return []call.Route{
		{Method: "GET", Path: at, Scope: "admin:read", Handler: admins(a.Cache)},
		{Method: "PUT", Path: at, Scope: "admin:write", Mode: call.Free, Handler: admins(a.SetCache)},
	}
}

// CacheRoom returns how many bytes an admin chose, 0 for none.
func CacheRoom(tx *store.Tx) (int64, error) {
	text, err := setting(tx, SettingCache, "0")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < leastCache || n > mostCache {
		return 0, nil // it was written by hand
	}
	return n, nil
}

type cacheJSON struct {
	Size       int64 `json:"size"`
	Most       int64 `json:"most"`
	Chosen     bool  `json:"chosen"`      // and not as configured
	DropsFiles int   `json:"drops_files"` // if the limit were as asked
	DropsBytes int64 `json:"drops_bytes"`
}

// Cache is GET /api/ensemble/v1/admin/cache {most}: how much room copies take, and what
// would go with another limit.
func (a *API) Cache(c *call.Call) (any, error) {
	most, err := a.roomOf(c)
	if err != nil {
		return nil, err
	}
	chosen, err := CacheRoom(c.Tx)
	v := cacheJSON{Size: a.Copies.Size(), Most: a.Copies.Most(), Chosen: chosen != 0}
	if most != 0 {
		v.DropsFiles, v.DropsBytes = a.Copies.Over(most)
	}
	return v, err
}

// roomOf reads what was asked for, 0 for nothing.
func (a *API) roomOf(c *call.Call) (int64, error) {
	if a.Copies == nil {
		return 0, models.Refuse(models.NotFound, "no_cache", "this server keeps no copies of other servers' files")
	}
	text := c.Str("most")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < leastCache || n > mostCache {
		return 0, models.Refuse(models.Invalid, "cache_limit", "a limit is a number of bytes from %d to %d", leastCache, int64(mostCache))
	}
	return n, nil
}

// SetCache is PUT /api/ensemble/v1/admin/cache {most}: what has no room goes at once.
// Without a number, what is configured holds again within a minute.
func (a *API) SetCache(c *call.Call) (any, error) {
	most, err := a.roomOf(c)
	if err != nil {
		return nil, err
	}
	err = c.InTx(func(tx *store.Tx) error {
		was, err := CacheRoom(tx)
		if err != nil || was == most {
			return err
		}
		if most == 0 {
			_, err = store.Delete[models.Setting](tx, "name = ?", SettingCache)
		} else {
			err = store.Put(tx, &models.Setting{Name: SettingCache, Value: strconv.FormatInt(most, 10), UpdatedAt: &tx.Now})
		}
		if err != nil {
			return err
		}
		return moderation.Note(tx, c.Me, "cache_limited", c.Site.Domain, fmt.Sprintf("%d → %d", was, most))
	})
	if err != nil {
		return nil, err
	}
	if most != 0 {
		a.Copies.SetMost(most)
	}
	var v any
	err = c.InRead(func(*store.Tx) error { v, err = a.Cache(c); return err })
	return v, err
}
