package main

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"time"
)

// network looks whether the name of the server leads somewhere, and whether its
// certificate is good. A server for this machine alone needs neither.
func (d *doctor) network() []finding {
	site := d.config.Site
	if !site.Secure() {
		return []finding{ok("This server is for this machine alone: it needs no name and no certificate.")}
	}
	at := strings.TrimPrefix(site.Origin, "https://")
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		host, port = at, "443"
	}
	ctx, cancel := context.WithTimeout(d, 10*time.Second)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return []finding{fail("Make a record of type A or AAAA for it where its domain is managed, and wait until it is known everywhere.", "The name %s leads nowhere: %s", host, sentence(err))}
	}
	out := []finding{ok("The name %s leads to %s.", host, strings.Join(found, ", "))}
	c, err := (&tls.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return append(out, fail("TLS ends at the proxy before the server: does it run, and does it have a certificate for this name?", "%s does not speak TLS as it should: %s", host, sentence(err)))
	}
	defer c.Close() //nolint:errcheck // nothing was said
	ends := c.(*tls.Conn).ConnectionState().PeerCertificates[0].NotAfter
	if left := time.Until(ends); left < 14*24*time.Hour {
		return append(out, warn("It should have been renewed by now: look at the log of the proxy.", "The certificate of %s ends on %s.", host, ends.Format(time.DateOnly)))
	}
	return append(out, ok("The certificate of %s is good until %s.", host, ends.Format(time.DateOnly)))
}
