package web

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"ensemble/models"
	"ensemble/models/store"
)

// barsFor is how long the rules for addresses are remembered.
const barsFor = 5 * time.Second

// bars are the networks from which nothing is answered.
type bars struct {
	mu   sync.Mutex
	read time.Time
	nets []netip.Prefix
}

// bar answers nothing to whoever comes from where nothing is answered to, but whether
// the server lives.
func (s *site) bar(g *gin.Context) {
	switch g.Request.URL.Path {
	case "/healthz", "/readyz", "/health", "/metrics":
		return
	}
	if s.bars.hold(g.Request.Context(), s.DB, g.ClientIP()) {
		g.AbortWithStatusJSON(http.StatusForbidden, gin.H{"error": "Forbidden"})
	}
}

func (b *bars) hold(ctx context.Context, db *store.DB, address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, p := range b.now(ctx, db) {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// now returns the networks, as they were read a moment ago. Where the database does
// not answer, they stay as they were.
func (b *bars) now(ctx context.Context, db *store.DB) []netip.Prefix {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := db.Now()
	if since := now.Sub(b.read); !b.read.IsZero() && since >= 0 && since < barsFor {
		return b.nets
	}
	var rows []*models.IPBlock
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = store.Find[models.IPBlock](tx, "severity = ? AND (expires_at IS NULL OR expires_at > ?)", models.IPNothing, tx.Now)
		return err
	})
	if err != nil {
		return b.nets
	}
	b.read, b.nets = now, nil
	for _, r := range rows {
		if p, err := netip.ParsePrefix(r.IP); err == nil {
			b.nets = append(b.nets, p)
		}
	}
	return b.nets
}
