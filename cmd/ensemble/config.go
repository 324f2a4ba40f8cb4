package main

import (
	"bufio"
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// An option is one thing an operator decides. It is read from the environment, or
// from the file that ENSEMBLE_CONFIG names, a line each; the environment wins, and
// what is empty is as if it were not there.
type option struct{ name, help string }

// options returns all there are.
func options() []option {
	return []option{
		{"ENSEMBLE_DOMAIN", "the name after the @ of its accounts; it can never change. Without it the server is for this machine alone"},
		{"ENSEMBLE_WEB_DOMAIN", "where its pages and accounts are, if not at the domain itself; as permanent"},
		{"ENSEMBLE_LISTEN", "address and port to answer at: 127.0.0.1:8080"},
		{"ENSEMBLE_DATABASE_URL", "postgres://…, or the path of an SQLite file: ensemble.db in the data folder"},
		{"ENSEMBLE_DATA", "folder of the database and of uploads: ./data"},
		{"ENSEMBLE_TRUSTED_PROXIES", "addresses or networks whose X-Forwarded-For is believed, such as 172.16.0.0/12: none"},
		{"ENSEMBLE_TITLE", "what the server calls itself: its domain"},
		{"ENSEMBLE_SOURCE_URL", "where the source code of this program can be had, https://…: where its build says, or the page about the server"},
		{"ENSEMBLE_RATE_LIMIT", "client calls in five minutes, -1 for no limit: 300"},
		{"ENSEMBLE_LIMITS", "other numbers than the usual, such as mentions=20,address_calls=100; 'ensemble limits' lists them"},
		{"ENSEMBLE_MEDIA_PROXY", "false links pictures of other servers where they are, which lets those servers see who looks: true"},
		{"ENSEMBLE_MEDIA_CACHE", "MiB of files of other servers that are kept in the data folder: 1024"},
		{"ENSEMBLE_S3_ENDPOINT", "address of what speaks S3, such as https://s3.example, to keep uploads there and not in the data folder"},
		{"ENSEMBLE_S3_BUCKET", "name of the bucket; with it go ENSEMBLE_S3_KEY and ENSEMBLE_S3_SECRET"},
		{"ENSEMBLE_S3_KEY", "the access key that opens the bucket"},
		{"ENSEMBLE_S3_SECRET", "the secret of that key"},
		{"ENSEMBLE_S3_REGION", "where the bucket is: us-east-1"},
		{"ENSEMBLE_S3_PUBLIC_URL", "where everybody can read the bucket, such as https://files.example; without it files come from this server"},
		{"ENSEMBLE_OPEN_METRICS", "true shows /metrics to everybody, and not only to this machine"},
		{"ENSEMBLE_SMTP", "the server that takes its mail, smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465. Without it nobody can sign up, or choose a new password, by themselves"},
		{"ENSEMBLE_MAIL_FROM", "the address its mail comes from: no-reply@ and its domain"},
		{"ENSEMBLE_LOG", "debug, info, warn or error, and text or json: info,text"},
		{"ENSEMBLE_ORIGIN", "scheme://host:port in place of https://domain; for demos, with --loose"},
		{"ENSEMBLE_CONFIG", "a file of lines such as ENSEMBLE_DOMAIN=ensemble.example: ensemble.env, if that is there"},
	}
}

// A config is what an operator decided.
type config struct {
	Site     models.Site
	Local    bool // nobody gave it a domain: it is for this machine
	Listen   string
	Database string
	Data     string
	Proxies  []string
	Limit    int
	Direct   bool               // files of others are linked where they are
	Cache    int64              // bytes of files of others; 0: the usual
	Bucket   files.BucketConfig // where uploads are, if it has an Endpoint
	Metrics  bool
	Mail     *mail.Server // nil: it sends none
	Level    slog.Level
	JSON     bool // the log
}

// onDisk reports whether the database is a file, which one server has to itself.
func (c config) onDisk() bool { return !store.IsPostgres(c.Database) }

// values are options that were given.
type values map[string]string

// readConfig reads and checks the configuration. Its errors are sentences for who
// wrote it.
func readConfig(getenv func(string) string, loose bool) (config, error) {
	v, err := readValues(getenv)
	if err != nil {
		return config{}, err
	}
	c := config{
		Listen: cmp.Or(v["ENSEMBLE_LISTEN"], "127.0.0.1:8080"), Data: cmp.Or(v["ENSEMBLE_DATA"], "data"),
		Proxies: strings.FieldsFunc(v["ENSEMBLE_TRUSTED_PROXIES"], func(r rune) bool { return r == ',' || r == ' ' }),
	}
	c.Database = cmp.Or(v["ENSEMBLE_DATABASE_URL"], filepath.Join(c.Data, "ensemble.db"))
	if scheme, _, ok := strings.Cut(c.Database, "://"); ok && c.onDisk() {
		return config{}, fmt.Errorf("the database is a PostgreSQL, postgres://…, or a file of SQLite, not %s", scheme)
	}
	for _, read := range []func(values) error{c.readNumbers, c.readLog, func(v values) error { return c.readSite(v, loose) }, c.readSource, c.readLimits, c.readProxy, c.readMail, c.readBucket} {
		if err := read(v); err != nil {
			return config{}, err
		}
	}
	return c, nil
}

// readValues gathers the options from the file and the environment.
func readValues(getenv func(string) string) (values, error) {
	v := values{}
	file := getenv("ENSEMBLE_CONFIG")
	if _, err := os.Stat(usualConfig); file == "" && err == nil {
		file = usualConfig
	}
	if file != "" {
		if err := v.readFile(file); err != nil {
			return nil, err
		}
	}
	for _, o := range options() {
		if s := strings.TrimSpace(getenv(o.name)); s != "" {
			v[o.name] = s
		}
	}
	return v, nil
}

// readFile reads lines of NAME=value; those that begin with # are for people.
func (v values) readFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("the configuration file cannot be read: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	known := map[string]bool{}
	for _, o := range options() {
		known[o.name] = o.name != "ENSEMBLE_CONFIG"
	}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		key = strings.TrimSpace(key)
		if !ok || !known[key] {
			return fmt.Errorf("%s, line %d: there is no option %q; 'ensemble serve --help' lists them", name, n, key)
		}
		if value = unquote(strings.TrimSpace(value)); value != "" {
			v[key] = value
		}
	}
	return lines.Err()
}

// unquote takes off quotation marks that stand around all of s.
func unquote(s string) string {
	if n := len(s); n > 1 && s[0] == s[n-1] && (s[0] == '"' || s[0] == '\'') {
		return s[1 : n-1]
	}
	return s
}

func (c *config) readNumbers(v values) (err error) {
	if s := v["ENSEMBLE_RATE_LIMIT"]; s != "" {
		if c.Limit, err = strconv.Atoi(s); err != nil {
			return fmt.Errorf("ENSEMBLE_RATE_LIMIT is a number of calls, not %q", s)
		}
	}
	if s := v["ENSEMBLE_OPEN_METRICS"]; s != "" {
		if c.Metrics, err = strconv.ParseBool(s); err != nil {
			return fmt.Errorf("ENSEMBLE_OPEN_METRICS is true or false, not %q", s)
		}
	}
	for _, p := range c.Proxies {
		_, netErr := netip.ParsePrefix(p)
		if _, err := netip.ParseAddr(p); err != nil && netErr != nil {
			return fmt.Errorf("ENSEMBLE_TRUSTED_PROXIES lists addresses or networks, such as 10.0.0.0/8; %q is neither", p)
		}
	}
	return nil
}

func (c *config) readLog(v values) error {
	for _, word := range strings.FieldsFunc(strings.ToLower(v["ENSEMBLE_LOG"]), func(r rune) bool { return r == ',' || r == ' ' }) {
		switch word {
		case "json", "text":
			c.JSON = word == "json"
		case "debug", "info", "warn", "error":
			if err := c.Level.UnmarshalText([]byte(word)); err != nil {
				return err
			}
		default:
			return fmt.Errorf("ENSEMBLE_LOG is debug, info, warn or error, and text or json; not %q", word)
		}
	}
	return nil
}

// readSource finds out where the source code can be had: see models.Site.SourceURL.
func (c *config) readSource(v values) error {
	c.Site.Source = v["ENSEMBLE_SOURCE_URL"]
	if u, err := url.Parse(c.Site.Source); err != nil || c.Site.Source != "" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		return fmt.Errorf("ENSEMBLE_SOURCE_URL is where the source code of this program can be had, such as https://code.example/ensemble; not %q", c.Site.Source)
	}
	return nil
}

// readSite finds out where the server stands on the network.
func (c *config) readSite(v values, loose bool) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("ENSEMBLE_LISTEN is an address and a port, such as 127.0.0.1:8080; not %q", c.Listen)
	}
	domain, pages, origin := v["ENSEMBLE_DOMAIN"], v["ENSEMBLE_WEB_DOMAIN"], v["ENSEMBLE_ORIGIN"]
	if domain == "" {
		if pages != "" || origin != "" {
			return fmt.Errorf("ENSEMBLE_WEB_DOMAIN and ENSEMBLE_ORIGIN say where the pages of a domain are: ENSEMBLE_DOMAIN is missing")
		}
		return c.atHome(host, port, v["ENSEMBLE_TITLE"])
	}
	pages = cmp.Or(pages, domain)
	for name, d := range map[string]string{"ENSEMBLE_DOMAIN": domain, "ENSEMBLE_WEB_DOMAIN": pages} {
		if !isHost(d) {
			return fmt.Errorf("%s is a name such as ensemble.example: in lower case, without https:// before it and without a path; not %q", name, d)
		}
	}
	c.Site = models.Site{Domain: domain, Origin: "https://" + pages, Title: v["ENSEMBLE_TITLE"], Loose: loose}
	if origin == "" {
		return nil
	}
	if !loose {
		return fmt.Errorf("ENSEMBLE_ORIGIN is for demos on one machine: it goes with --loose")
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHost(u.Host) || origin != u.Scheme+"://"+u.Host {
		return fmt.Errorf("ENSEMBLE_ORIGIN is scheme://host:port and no more; not %q", origin)
	}
	c.Site.Origin = origin
	return nil
}

func (c *config) readProxy(v values) error {
	if s := v["ENSEMBLE_MEDIA_PROXY"]; s != "" {
		on, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("ENSEMBLE_MEDIA_PROXY is true or false, not %q", s)
		}
		c.Direct = !on
	}
	if s := v["ENSEMBLE_MEDIA_CACHE"]; s != "" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n < 1 {
			return fmt.Errorf("ENSEMBLE_MEDIA_CACHE is a number of MiB, not %q", s)
		}
		c.Cache = n << 20
	}
	return nil
}

// readLimits comes after readSite, which makes the site anew.
func (c *config) readLimits(v values) (err error) {
	if c.Site.Limits, err = models.ParseLimits(v["ENSEMBLE_LIMITS"]); err != nil {
		err = fmt.Errorf("ENSEMBLE_LIMITS: %w", err)
	}
	return err
}

// atHome makes it a server for this machine alone.
func (c *config) atHome(host, port, title string) error {
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("a server without a domain is for this machine alone, and %s can be reached from others: give it the name that follows the @ of its accounts, such as ENSEMBLE_DOMAIN=ensemble.example", c.Listen)
	}
	name := "localhost:" + port
	c.Local = true
	c.Site = models.Site{Domain: name, Origin: "http://" + name, Title: cmp.Or(title, "Ensemble"), Loose: true}
	return nil
}

// isHost reports whether s is a host in lower case, in ASCII, perhaps with a port.
func isHost(s string) bool {
	u, err := url.Parse("https://" + s)
	return err == nil && s != "" && u.Host == s && u.Hostname() != "" && strings.ToLower(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '@' || r == '_' })
}

// log returns the log that was asked for.
func (c config) log(w *world) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.Level}
	if c.JSON {
		return slog.New(slog.NewJSONHandler(w.err, o))
	}
	return slog.New(slog.NewTextHandler(w.err, o))
}

// node returns what a node is made of.
func (c config) node(log *slog.Logger) nodeConfig {
	return nodeConfig{
		Site: c.Site, Database: c.Database, Data: c.Data, Proxies: c.Proxies, Limit: c.Limit, Metrics: c.Metrics, Log: log,
		Direct: c.Direct, Cache: c.Cache, Mail: c.Mail, Bucket: c.Bucket,
	}
}
