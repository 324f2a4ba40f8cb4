package openapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"ensemble/web/call"
)

// An answer is a status, and when it is answered.
type answer struct {
	Status int
	When   string
	Entity string // "" for none
}

// common are errors that many calls answer, and what they are called in the document.
var common = map[int]struct{ name, when string }{
	400: {"Malformed", "The body or the query cannot be read: `malformed`."},
	401: {"Unauthorized", "The access token is missing, or not good: `invalid_token`."},
	403: {"Forbidden", "The token does not allow it (`insufficient_scope`), or the account may not act."},
	404: {"NotFound", "There is no such thing here, or none for who asks."},
	413: {"TooLarge", "The body is too large: `too_large`."},
	422: {"Unprocessable", "A parameter makes no sense. Or the call is for people, and the token an app's own."},
	429: {"TooMany", "That was too often. `Retry-After` says when to try again."},
	500: {"Fault", "A fault of the server's, which was noted there."},
	507: {"Full", "The server has no room to write anything down: `disk_full`."},
}

// usual are the errors of common that the call answers.
func (c Call) usual() []int {
	all := []int{400, 422, 429, 500}
	if c.Route.Who != call.Nobody {
		all = append(all, 401, 403)
	}
	if strings.Contains(c.Path, "{") {
		all = append(all, 404)
	}
	if c.Route.Method != http.MethodGet {
		all = append(all, 413, 507)
	}
	return all
}

// answers are those of the call, by status.
func (c Call) answers() []answer {
	said := fails{http.StatusOK: cmp.Or(c.also[http.StatusOK], "Done.")}
	for _, status := range c.usual() {
		said[status] = common[status].when
	}
	for status, when := range c.fails {
		said[status] = strings.TrimSpace(said[status] + " " + when)
	}
	var out []answer
	for status, when := range said {
		out = append(out, answer{status, when, c.entityOf(status)})
	}
	for status, when := range c.also {
		if status != http.StatusOK {
			out = append(out, answer{status, when, ""})
		}
	}
	slices.SortFunc(out, func(a, b answer) int { return a.Status - b.Status })
	return out
}

func (c Call) entityOf(status int) string {
	switch {
	case status == http.StatusOK:
		return c.Entity
	case status == http.StatusForbidden && c.unable:
		return "Ensemble::NotAsked"
	}
	return "Error"
}
