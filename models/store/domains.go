package store

import (
	"net"
	"strings"

	"golang.org/x/net/idna"

	"ensemble/models"
)

// Hostname returns a host as it is compared (SECURITY rule 5): in ASCII, in lower
// case, without the dot at its end; a port stays. It is false for what is none.
func Hostname(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if strings.HasPrefix(s, "[") {
		return s, true // an IPv6 address
	}
	name, port, hasPort := strings.Cut(s, ":")
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || name == "" || len(name) > 253 || strings.ContainsAny(name, "/?#@%*_ ") {
		return "", false
	}
	if hasPort {
		if port == "" || strings.Trim(port, "0123456789") != "" {
			return "", false
		}
		name += ":" + port
	}
	return name, true
}

// Under reports whether host is domain, or lies below it. Both are as Hostname
// returns them; a domain without a port stands for all ports.
func Under(host, domain string) bool {
	if host == domain {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// above returns host and every domain that it lies below, the longest first.
func above(host string) []string {
	host, ok := Hostname(host)
	if !ok {
		return nil
	}
	all := []string{host}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
		all = append(all, name)
	}
	for len(all) < 12 {
		_, rest, ok := strings.Cut(host, ".")
		if !ok || rest == "" {
			break
		}
		all, host = append(all, rest), rest
	}
	return all
}

// RuleOf returns the rule for a host: the one that names it most closely; nil if
// there is none.
func RuleOf(tx *Tx, host string) (*models.DomainRule, error) {
	names := above(host)
	if len(names) == 0 {
		return nil, nil
	}
	rules, err := Find[models.DomainRule](tx, "domain IN ? ORDER BY length(domain) DESC LIMIT 1", names)
	if err != nil || len(rules) == 0 {
		return nil, err
	}
	return rules[0], nil
}

// Shut says in a sentence why there is to be no traffic with host; "" if there may
// be.
func Shut(tx *Tx, host string) (string, error) {
	why, _, err := Gate(tx, host)
	return why, err
}

// Gate is Shut, and reports whether the last deliveries to host failed.
func Gate(tx *Tx, host string) (why string, failing bool, err error) {
	if host == "" || host == models.IRI(tx.Site.Origin).Host() {
		return "", false, nil
	}
	g, err := scan[gate](tx, gateQuery, map[string]any{
		"host": host, "suspend": models.SeveritySuspend, "setting": models.SettingFederation, "allowed": models.FederationAllowList,
	})
	if err != nil {
		return "", false, err
	}
	if g[0].Marked {
		return "this server does not talk to " + host, g[0].Failing, nil
	}
	why, err = shut(tx, g[0], host)
	return why, g[0].Failing, err
}

// A gate is what is asked of the rules before a host is looked for among them: most
// servers have none.
type gate struct{ Marked, Failing, Rules, Listed bool }

const gateQuery = `SELECT EXISTS (SELECT 1 FROM peers WHERE host = @host AND blocked) AS marked,
	EXISTS (SELECT 1 FROM peers WHERE host = @host AND failures > 0) AS failing,
	EXISTS (SELECT 1 FROM domain_rules WHERE severity = @suspend) AS rules,
	EXISTS (SELECT 1 FROM settings WHERE name = @setting AND value = @allowed) AS listed`

// Shutter is Shut for many hosts, by rules alone: who asks looks at its peers.
func Shutter(tx *Tx) (func(host string) (string, error), error) {
	rules, err := Any[models.DomainRule](tx, "severity = ?", models.SeveritySuspend)
	if err != nil {
		return nil, err
	}
	only, err := Any[models.Setting](tx, "name = ? AND value = ?", models.SettingFederation, models.FederationAllowList)
	if err != nil {
		return nil, err
	}
	return func(host string) (string, error) { return shut(tx, gate{Rules: rules, Listed: only}, host) }, nil
}

func shut(tx *Tx, g gate, host string) (string, error) {
	if g.Rules {
		rule, err := RuleOf(tx, host)
		if err != nil {
			return "", err
		}
		if rule != nil && rule.Severity == models.SeveritySuspend {
			return "this server does not talk to " + host, nil
		}
	}
	if !g.Listed {
		return "", nil
	}
	listed, err := Any[models.DomainAllow](tx, "domain IN ?", append(above(host), ""))
	if err != nil || listed {
		return "", err
	}
	return "this server talks to those alone that its admin has listed, and " + host + " is not among them", nil
}

// Unpictured returns those of the hosts whose pictures a rule keeps out.
func Unpictured(tx *Tx, hosts []string) (map[string]bool, error) {
	some, err := Any[models.DomainRule](tx, "reject_media OR severity = ?", models.SeveritySuspend)
	if err != nil || !some {
		return nil, err
	}
	out := map[string]bool{}
	for _, host := range hosts {
		if host == "" || out[host] {
			continue
		}
		rule, err := RuleOf(tx, host)
		if err != nil {
			return nil, err
		}
		if rule != nil && (rule.RejectMedia || rule.Severity == models.SeveritySuspend) {
			out[host] = true
		}
	}
	return out, nil
}

// AccountsUnder returns the accounts of a domain and of all below it, by their
// addresses or their handles, as far as a rule is about them.
func AccountsUnder(tx *Tx, domain string) ([]*models.Account, error) {
	like := "%" + literal(domain) + "%"
	rows, err := scan[*models.Account](tx, `SELECT id, uri, username, display_name, domain, state, by_domain, no_media FROM accounts
		WHERE domain <> '' AND (domain LIKE @like ESCAPE '\' OR uri LIKE @like ESCAPE '\') ORDER BY id`, map[string]any{"like": like})
	var out []*models.Account
	for _, a := range rows {
		host, _ := Hostname(a.URI.Host())
		if Under(host, domain) || Under(a.Domain, domain) {
			out = append(out, a)
		}
	}
	return out, err
}

// WaitingHosts returns the hosts for which something waits to be delivered.
func WaitingHosts(tx *Tx) ([]string, error) {
	return scan[string](tx, `SELECT DISTINCT host FROM deliveries WHERE state = 'queued'`)
}
