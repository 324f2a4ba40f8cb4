package api_test

import (
	"fmt"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
)

// Admins say how much room copies of other servers' files may take, and see before what
// would go.
func TestCacheOfAdmins(t *testing.T) {
	t.Parallel()
	const at = "/api/ensemble/v1/admin/cache"
	each(t, func(s *server) {
		s.role("ruth", models.RoleAdmin)
		ruth := "ruth/admin:read admin:write"
		s.ask(ruth, "GET", at, nil).is(404).has("code", "no_cache")
		s.ask(ruth, "PUT", at, "most=1048576").is(404)
		cache, err := files.NewCache(t.TempDir(), 4<<20, files.Limits{}, s.db.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cache.Close() })
		for i := range 6 {
			sound := "ID3" + strings.Repeat("\x00", 1<<19)
			if err := cache.Keep(t.Context(), models.IRI(fmt.Sprint("https://two.example/", i, ".mp3")), strings.NewReader(sound)); err != nil {
				t.Fatal(err)
			}
		}
		s.api.Copies = cache
		const each = float64(3 + 1<<19)
		s.get(ruth, at).has("size", 6*each).has("most", float64(4<<20)).has("chosen", false).has("drops_files", 0)
		s.get(ruth, at+"?most=2000000").has("drops_files", 3).has("drops_bytes", 3*each).has("most", float64(4<<20)).has("size", 6*each)
		for _, bad := range []string{"0", "-1", "1000", "much", "1.5", "99999999999999999999", "109951162777601"} {
			s.ask(ruth, "GET", at+"?most="+bad, nil).is(422).has("code", "cache_limit")
			s.ask(ruth, "PUT", at, "most="+bad).is(422).has("code", "cache_limit")
		}
		for _, who := range []string{"ada/admin:read admin:write", "ruth/read write"} {
			s.ask(who, "GET", at, nil).is(403)
			s.ask(who, "PUT", at, "most=2000000").is(403)
		}
		s.ask("ruth/admin:read", "PUT", at, "most=2000000").is(403)
		s.get(ruth, at).has("size", 6*each)
		s.ask(ruth, "PUT", at, "most=2000000").is(200).has("size", 3*each).has("most", 2e6).has("chosen", true)
		s.ask(ruth, "PUT", at, "most=2000000").is(200)
		s.get("ruth/admin:read", "/api/ensemble/v1/admin/log").has("0.what", "cache_limited").has("0.reason", "0 → 2000000").has("1", nil)
		s.ask(ruth, "PUT", at, nil).is(200).has("chosen", false)
	}, "ada", "ruth")
}
