package oauth

import "testing"

func TestWordsAreComplete(t *testing.T) {
	for _, gap := range set.Gaps() {
		t.Error(gap)
	}
}
