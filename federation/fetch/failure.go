package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"ensemble/models"
)

// The codes of what goes wrong on the way.
const (
	codeAddress   = "bad_address"
	codeOwn       = "own_address"
	codeBudget    = "budget"
	codeGivenUp   = "given_up"
	codeGuard     = "guarded_address"
	codeBlocked   = "peer_blocked"
	codeRedirect  = "redirect"
	codeType      = "content_type"
	codeTooLong   = "too_long"
	codeID        = "id_mismatch"
	codeRefused   = "peer_refused"
	codeNetwork   = "network"
	codeBusy      = "peer_busy"
	codeKeyOwner  = "key_owner"
	codeHandle    = "handle"
	codeFresh     = "fresh"
	codeOrigin    = "origin"
	codeNoAccount = "no_account"
)

// A later is an Unreachable error of a server that said when to come again.
type later struct {
	error
	after time.Duration
}

func (l later) Unwrap() error { return l.error }

// RetryAfter returns how long the server whose answer err is about wants to be
// left alone, 0 if it did not say.
func RetryAfter(err error) time.Duration {
	var l later
	if errors.As(err, &l) {
		return l.after
	}
	return 0
}

// retryAfter reads the header of that name (RFC 9110 §10.2.3), up to a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	s := h.Get("Retry-After")
	wait := time.Duration(0)
	if n, err := strconv.Atoi(s); err == nil {
		wait = time.Duration(min(n, 86400)) * time.Second
	} else if t, err := http.ParseTime(s); err == nil {
		wait = t.Sub(now)
	}
	return min(max(wait, 0), 24*time.Hour)
}

// outcome turns an answer that is no success into an error, in words that an
// admin understands.
func outcome(resp *http.Response, now time.Time) error {
	host, code := resp.Request.URL.Host, resp.StatusCode
	said := excuse(resp)
	switch {
	case code == http.StatusNotFound:
		return models.Refuse(models.NotFound, codeRefused, "%s does not have that%s", host, said)
	case code == http.StatusGone:
		return models.Refuse(models.Gone, codeRefused, "%s says that this is gone for good%s", host, said)
	case code == http.StatusUnauthorized:
		return models.Refuse(models.Forbidden, codeRefused, "%s did not accept our signature (401)%s", host, said)
	case code == http.StatusForbidden:
		return models.Refuse(models.Forbidden, codeRefused, "%s refused (403)%s", host, said)
	case code == http.StatusTooManyRequests:
		return wait(resp, now, "%s asks us to slow down (429)%s", host, said)
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusMisdirectedRequest:
		return wait(resp, now, "%s was not ready (%d)%s", host, code, said)
	case code >= 500:
		return wait(resp, now, "%s has a problem of its own (%d)%s", host, code, said)
	case code >= 300 && code < 400:
		return models.Refuse(models.Invalid, codeRedirect, "%s sent us somewhere else (%d)", host, code)
	default:
		return models.Refuse(models.Invalid, codeRefused, "%s did not understand us (%d)%s", host, code, said)
	}
}

func wait(resp *http.Response, now time.Time, format string, args ...any) error {
	err := models.Refuse(models.Unreachable, codeBusy, format, args...)
	if after := retryAfter(resp.Header, now); after > 0 {
		return later{err, after}
	}
	return err
}

// excuse returns what the server said to its refusal, if that is short text.
func excuse(resp *http.Response) string {
	kind := resp.Header.Get("Content-Type")
	if !strings.HasPrefix(kind, "text/plain") && !strings.Contains(kind, "json") {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, maxExcuse)) // half an excuse will do
	s := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(b), ""), func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if s == "" {
		return ""
	}
	return ": " + clip(s)
}

// explain turns what the network said about a request to host into a sentence.
func (c *Client) explain(ctx context.Context, host string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return models.Refuse(models.Unreachable, codeGivenUp, "the request to %s was given up before it was answered", host)
	}
	for _, known := range []func(string, error) error{guarded, timedOut, unnamed, uncertified, disconnected} {
		if e := known(host, err); e != nil {
			return e
		}
	}
	c.log.Debug("a request failed for a reason without a sentence", "host", host, "err", err)
	return unreachable("%s could not be reached", host)
}

func unreachable(format string, args ...any) error {
	return models.Refuse(models.Unreachable, codeNetwork, format, args...)
}

func guarded(host string, err error) error {
	switch {
	case errors.Is(err, ssrf.ErrProhibitedPort):
		return models.Refuse(models.Forbidden, codeGuard, "%s is on a port that this server does not call", host)
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return models.Refuse(models.Forbidden, codeGuard, "%s is in a private network, which this server does not call", host)
	}
	return nil
}

func timedOut(host string, err error) error {
	var n net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout() {
		return unreachable("%s did not answer within %d s", host, int(patience/time.Second))
	}
	return nil
}

func unnamed(host string, err error) error {
	var d *net.DNSError
	switch {
	case !errors.As(err, &d):
		return nil
	case d.IsNotFound:
		return unreachable("there is no server called %s", host)
	default:
		return unreachable("the name %s could not be looked up", host)
	}
}

func uncertified(host string, err error) error {
	var (
		invalid x509.CertificateInvalidError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return unreachable("the certificate of %s has expired, or is not valid yet", host)
	case errors.As(err, &name):
		return unreachable("the certificate of %s is for another name", host)
	case errors.As(err, &unknown):
		return unreachable("the certificate of %s is from an authority that is not known here", host)
	case errors.As(err, &invalid), errors.As(err, &verify):
		return unreachable("the certificate of %s is not valid", host)
	case errors.As(err, &record), errors.As(err, &alert):
		return unreachable("%s does not speak TLS as we do", host)
	}
	return nil
}

func disconnected(host string, err error) error {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return unreachable("%s refused the connection", host)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return unreachable("there is no way through the network to %s", host)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return unreachable("%s closed the connection before it had answered", host)
	}
	return nil
}
