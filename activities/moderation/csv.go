package moderation

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// Limits on a list of rules.
const (
	MaxListBytes = 4 << 20
	maxListRules = 20000
)

var columns = []string{"domain", "severity", "reject_media", "reject_reports", "public_comment", "obfuscate"}

// Export writes rules down as Mastodon does.
func Export(rules []*models.DomainRule) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = "#" + c
	}
	rows := [][]string{head}
	for _, r := range rules {
		rows = append(rows, []string{
			r.Domain, string(r.Severity), bool01(r.RejectMedia), bool01(r.RejectReports), r.PublicComment, bool01(r.Obfuscate),
		})
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func bool01(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// ParseList reads rules: CSV with Mastodon's columns, of which the domain alone must
// be there, bare domains one a line, or a JSON list of objects with those names. It
// refuses the whole of a list that has a line that makes no sense, and says which.
func ParseList(raw []byte) ([]models.DomainRule, error) {
	raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("\xef\xbb\xbf"))
	var lines []map[string]string
	var err error
	switch {
	case len(raw) > MaxListBytes:
		return nil, models.Errorf(models.Invalid, "a list has at most %d MB", MaxListBytes>>20)
	case len(raw) == 0:
		return nil, models.Refuse(models.Invalid, "empty_list", "the list is empty")
	case raw[0] == '[':
		lines, err = jsonLines(raw)
	default:
		lines, err = csvLines(raw)
	}
	if err != nil {
		return nil, err
	}
	if len(lines) > maxListRules {
		return nil, models.Errorf(models.Invalid, "a list has at most %d rules, not %d", maxListRules, len(lines))
	}
	var out []models.DomainRule
	for i, l := range lines {
		r, err := ruleFrom(l)
		if err != nil {
			return nil, models.Errorf(models.Invalid, "rule %d: %v", i+1, err)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, models.Refuse(models.Invalid, "empty_list", "the list is empty")
	}
	return out, nil
}

func jsonLines(raw []byte) ([]map[string]string, error) {
	var rows []map[string]any
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, models.Errorf(models.Invalid, "the list is no JSON list of objects")
	}
	var out []map[string]string
	for _, row := range rows {
		l := map[string]string{}
		for k, v := range row {
			if v != nil {
				l[k] = fmt.Sprint(v)
			}
		}
		if l["public_comment"] == "" {
			l["public_comment"] = l["comment"]
		}
		out = append(out, l)
	}
	return out, nil
}

func csvLines(raw []byte) ([]map[string]string, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the list is no CSV: %v", err)
	}
	head := []string{"domain"}
	if first := strings.TrimPrefix(strings.TrimSpace(rows[0][0]), "#"); strings.EqualFold(first, "domain") {
		head = nil
		for _, c := range rows[0] {
			head = append(head, strings.ToLower(strings.TrimPrefix(strings.TrimSpace(c), "#")))
		}
		rows = rows[1:]
	}
	var out []map[string]string
	for _, row := range rows {
		l := map[string]string{}
		for i, cell := range row {
			if i < len(head) {
				l[head[i]] = strings.TrimSpace(cell)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

func ruleFrom(l map[string]string) (models.DomainRule, error) {
	d, ok := store.Hostname(l["domain"])
	if !ok {
		return models.DomainRule{}, fmt.Errorf("%q is not a domain", prose(l["domain"], 100))
	}
	r := models.DomainRule{
		Domain: d, Severity: models.Severity(strings.ToLower(l["severity"])), PublicComment: l["public_comment"],
	}
	if r.Severity == "" {
		r.Severity = models.SeveritySuspend
	}
	if !r.Severity.Valid() {
		return r, fmt.Errorf("a severity is suspend, silence or noop, not %q", prose(l["severity"], 40))
	}
	for to, name := range map[*bool]string{&r.RejectMedia: "reject_media", &r.RejectReports: "reject_reports", &r.Obfuscate: "obfuscate"} {
		if l[name] == "" {
			continue
		}
		yes, err := strconv.ParseBool(strings.ToLower(l[name]))
		if err != nil {
			return r, fmt.Errorf("%s is True or False, not %q", name, prose(l[name], 40))
		}
		*to = yes
	}
	return r, nil
}
