package models

import (
	"strings"
	"testing"
)

func TestLimitsAreReadAndRefusedInWords(t *testing.T) {
	got, err := ParseLimits("mentions=20, uploads=4 account_calls=-1")
	if err != nil || got.Mentions != 20 || got.Uploads != 4 || got.AccountCalls != -1 || got.Tags != 0 {
		t.Fatalf("got %+v, %v", got, err)
	}
	full := got.Filled()
	if full.Mentions != 20 || full.Tags != 100 || full.AccountCalls != -1 || full.Body != 1<<20 {
		t.Errorf("filled: %+v", full)
	}
	for in, want := range map[string]string{
		"nonsense=1": "no limit", "mentions": "at most", "mentions=0": "at most", "mentions=101": "100", "mentions=x": "at most",
		"body=99999999": "at most", "mentions=-1": "at most",
	} {
		if _, err := ParseLimits(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want a sentence with %q", in, err, want)
		}
	}
}

func TestEveryLimitHasAPlaceAndADefaultWithinItsBounds(t *testing.T) {
	var l Limits
	names := map[string]bool{}
	for _, one := range l.All() {
		if names[one.Name] || one.Help == "" || one.Default < one.Low || one.Default > one.High {
			t.Errorf("%+v", one)
		}
		names[one.Name] = true
		*one.at++
		if *one.at != 1 {
			t.Errorf("%s shares its place", one.Name)
		}
	}
}
