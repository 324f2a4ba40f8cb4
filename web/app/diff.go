package app

import (
	"unicode"

	"ensemble/activities/text"
)

// A change is a piece of a text: Kind is "" for what stayed, "ins" for what came, and
// "del" for what went.
type change struct{ Kind, Text string }

// textOf is what a post says, without its markup; paragraphs are apart.
func textOf(html string) string { return text.Plain(html) }

// maxCompared is how many words of a text are compared: time and memory grow with the
// square of it.
const maxCompared = 2000

// differences returns what became of a text, by words (the longest common subsequence).
func differences(was, is string) []change {
	a, b := words(was), words(is)
	if len(a) > maxCompared || len(b) > maxCompared {
		return joined([]change{{"del", was}, {"ins", is}})
	}
	common := make([][]uint16, len(a)+1)
	for i := range common {
		common[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []change
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out, i, j = append(out, change{"", a[i]}), i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out, i = append(out, change{"del", a[i]}), i+1
		default:
			out, j = append(out, change{"ins", b[j]}), j+1
		}
	}
	return joined(out)
}

// joined puts neighbours of one kind together.
func joined(all []change) (out []change) {
	for _, c := range all {
		switch n := len(out); {
		case c.Text == "":
		case n > 0 && out[n-1].Kind == c.Kind:
			out[n-1].Text += c.Text
		default:
			out = append(out, c)
		}
	}
	return out
}

// words cuts a text into words and what is between them.
func words(s string) (out []string) {
	start, space := 0, false
	for i, r := range s {
		if is := unicode.IsSpace(r); i > start && is != space {
			out, start = append(out, s[start:i]), i
			space = is
		} else if i == start {
			space = is
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}
