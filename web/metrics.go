package web

import (
	"net/netip"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ensemble/models"
	"ensemble/web/call"
)

// forwarded are the headers that tell of a proxy.
var forwarded = []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via", "X-Forwarded-Host", "X-Forwarded-Proto"}

// metrics is GET /metrics, for this machine alone unless it is opened.
func (s *site) metrics(c *call.Call) (any, error) {
	if !s.OpenMetrics && !s.near(c) {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}).ServeHTTP(c.Writer, c.Request)
	return call.Written, nil
}

// near reports whether the request comes from this machine: not from a proxy on
// it that nobody told us to trust, for behind that is everybody.
func (s *site) near(c *call.Call) bool {
	a, err := netip.ParseAddr(c.ClientIP())
	if err != nil || !a.Unmap().IsLoopback() {
		return false
	}
	for _, h := range forwarded {
		if c.GetHeader(h) != "" && len(s.Proxies) == 0 {
			return false
		}
	}
	return true
}
