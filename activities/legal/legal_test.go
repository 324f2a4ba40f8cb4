package legal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ensemble/activities/legal"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

var here = models.Site{Domain: "one.example", Origin: "https://one.example"}

// Templates have blanks for what no program knows, and none for what is known; in French
// as in English, with the same headings.
func TestTemplatesFillIn(t *testing.T) {
	for _, k := range legal.Kinds {
		heads := map[string]int{}
		for _, lang := range legal.Languages {
			empty := legal.Text{Source: legal.Template(here, k, lang, legal.Facts{})}
			if len(empty.Blanks()) < 4 || empty.Complete() || !strings.Contains(empty.HTML(), "<mark>[[") {
				t.Errorf("%s.%s has the blanks %q", k, lang, empty.Blanks())
			}
			full := legal.Text{Source: legal.Template(here, k, lang, legal.Sample)}
			if !full.Complete() || strings.ContainsAny(full.Source, "{}") || !strings.Contains(full.Source, legal.Sample.Name) {
				t.Errorf("%s.%s filled in: %q, %s", k, lang, full.Blanks(), full.Source)
			}
			heads[lang] = strings.Count(full.HTML(), "<h2>")
		}
		if heads["en"] != heads["fr"] || heads["en"] < 5 {
			t.Errorf("%s has so many headings: %v", k, heads)
		}
	}
}

// What has blanks is shown to nobody, and nobody can agree to it.
func TestTextsAreReadyWithoutBlanks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		db := storetest.New(t, dialect, here, func() time.Time { return now })
		do := func(fn func(*store.Tx) error) {
			t.Helper()
			if err := db.Tx(context.Background(), fn); err != nil {
				t.Fatal(err)
			}
		}
		ready := func(want bool) {
			t.Helper()
			do(func(tx *store.Tx) error {
				if got, err := legal.Ready(tx); err != nil || got != want {
					t.Errorf("ready is %v, %v", got, err)
				}
				return nil
			})
		}
		write := func(k legal.Kind, lang, text string) {
			t.Helper()
			do(func(tx *store.Tx) error { return legal.Write(tx, k, lang, text) })
		}
		read := func(k legal.Kind, lang, want string) {
			t.Helper()
			do(func(tx *store.Tx) error {
				got, err := legal.In(tx, k, lang)
				if err != nil || got == nil && want != "" || got != nil && got.HTML() != want {
					t.Errorf("%s in %s is %+v, %v", k, lang, got, err)
				}
				return nil
			})
		}
		ready(false)
		write(legal.Privacy, "en", "We keep little.")
		ready(false)
		write(legal.Terms, "fr", "Chez [[nom]].")
		ready(false)
		read(legal.Terms, "fr", "")
		write(legal.Terms, "fr", "Chez Ada.")
		ready(true)
		read(legal.Terms, "en", "<p>Chez Ada.</p>\n")
		write(legal.Terms, "en", "At Ada's.")
		read(legal.Terms, "en", "<p>At Ada&#39;s.</p>\n")
		write(legal.Privacy, "fr", "[[quoi]]")
		ready(false)
		read(legal.Privacy, "fr", "<p>We keep little.</p>\n")
		write(legal.Privacy, "fr", "")
		ready(true)
		write(legal.Terms, "en", "<p>be <script>x</script>kind</p>")
		read(legal.Terms, "en", "<p>be kind</p>")
		for _, bad := range []struct {
			k          legal.Kind
			lang, text string
		}{{"rules", "en", "x"}, {legal.Terms, "de", "x"}, {legal.Terms, "en", strings.Repeat("x", legal.MaxText+1)}} {
			if err := db.Tx(context.Background(), func(tx *store.Tx) error { return legal.Write(tx, bad.k, bad.lang, bad.text) }); models.CodeOf(err) == "" {
				t.Errorf("%s in %s was taken: %v", bad.k, bad.lang, err)
			}
		}
		then := now
		now = now.Add(time.Hour)
		write(legal.Terms, "fr", "Chez Ada.")
		do(func(tx *store.Tx) error {
			if got, err := legal.In(tx, legal.Terms, "fr"); err != nil || !got.UpdatedAt.Equal(then) {
				t.Errorf("what is the same was changed at %v, %v", got.UpdatedAt, err)
			}
			return legal.Fill(tx, legal.Sample)
		})
		ready(true)
	})
}
