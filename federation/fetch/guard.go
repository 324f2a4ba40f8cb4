package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// azure is the one address of a cloud's metadata service that is not in a range
// set aside for such uses.
var azure = netip.MustParsePrefix("168.63.129.16/32")

// guardian judges each address at the moment it is dialled, when its name has been
// resolved, so that no name and no redirect gets around it (SECURITY rule 9). Only
// port 443 of public addresses passes; on a loose site the loopback does too, on
// any port.
func guardian(loose bool) *ssrf.Guardian {
	if !loose {
		return ssrf.New(ssrf.WithPorts(443), ssrf.WithDeniedV4Prefixes(azure))
	}
	return ssrf.New(
		ssrf.WithAnyPort(),
		ssrf.WithDeniedV4Prefixes(azure),
		ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")),
		ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128")),
	)
}

// Guarded returns a transport that calls no address but those of guardian, for what
// is fetched without a database, by nobody in particular.
func Guarded(loose bool) http.RoundTripper { return newTransport(guardian(loose), loose) }

// newTransport returns a transport that dials only what g lets pass. It takes no
// proxy from the environment: a proxy would dial for us, unguarded.
func newTransport(g *ssrf.Guardian, loose bool) *http.Transport {
	d := &net.Dialer{Timeout: patience, KeepAlive: 30 * time.Second, Control: g.Safe}
	dial := d.DialContext
	if loose {
		dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			return d.DialContext(ctx, network, atHome(addr))
		}
	}
	return &http.Transport{
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(256)},
		TLSHandshakeTimeout:    patience,
		ResponseHeaderTimeout:  patience,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        8,
		MaxIdleConns:           512,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// atHome sends names below .localhost to this machine, as browsers do; Go's own
// resolver asks DNS about them (RFC 6761 §6.3).
func atHome(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err == nil && strings.HasSuffix("."+host, ".localhost") {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}
