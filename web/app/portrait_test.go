package app

import (
	"bytes"
	"image/png"
	"math"
	"testing"
)

// The letter is white: it has to be legible (WCAG 2.2 §1.4.3).
func TestPortraitsAreLegible(t *testing.T) {
	t.Parallel()
	channel := func(v uint8) float64 {
		c := float64(v) / 255
		if c <= 0.03928 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	for _, tint := range portraitTints {
		if contrast := 1.05 / (0.2126*channel(tint.R) + 0.7152*channel(tint.G) + 0.0722*channel(tint.B) + 0.05); contrast < 4.5 {
			t.Errorf("%v: contrast %.2f", tint, contrast)
		}
	}
}

func TestPortraitsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, of := range []string{"a0", "a1", "b0", "_0", "_7", "90"} {
		body, err := portraitOf(of)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(body))
		if err != nil || img.Bounds().Dx() != portraitSize {
			t.Fatalf("%s: %v %v", of, img, err)
		}
		if same, ok := seen[string(body)]; ok {
			t.Errorf("%s looks like %s", of, same)
		}
		seen[string(body)] = of
	}
}
