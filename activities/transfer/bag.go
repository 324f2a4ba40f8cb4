package transfer

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"ensemble/models"
)

// Limits on an archive of posts.
const (
	maxOutbox = 128 << 20 // bytes, unpacked
	maxActor  = 1 << 20
	maxFiles  = 100_000
)

// A Bag is an archive of posts, as Mastodon or we write it.
type Bag struct {
	Actor     models.IRI
	Followers models.IRI
	Items     []json.RawMessage // activities, as they stand in its outbox
	files     map[string]*zip.File
}

// OpenBag looks into an archive. What is none is Invalid.
func OpenBag(r io.ReaderAt, size int64) (*Bag, error) {
	z, err := zip.NewReader(r, size)
	if err != nil || len(z.File) > maxFiles {
		return nil, models.Refuse(models.Invalid, "import_malformed", "that is no archive of posts: a zip file with an outbox.json in it")
	}
	b := &Bag{files: map[string]*zip.File{}}
	for _, f := range z.File {
		b.files[path.Clean(f.Name)] = f
	}
	var actor struct{ ID, Followers models.IRI }
	if err := b.read("actor.json", maxActor, &actor); err != nil {
		return nil, err
	}
	var outbox struct{ OrderedItems []json.RawMessage }
	if err := b.read("outbox.json", maxOutbox, &outbox); err != nil {
		return nil, err
	}
	if actor.ID.Origin() == "" {
		return nil, models.Refuse(models.Invalid, "import_malformed", "the archive does not say whose it is")
	}
	b.Actor, b.Followers, b.Items = actor.ID, actor.Followers, outbox.OrderedItems
	return b, nil
}

func (b *Bag) read(name string, most int64, into any) error {
	f := b.files[name]
	if f == nil {
		return models.Refuse(models.Invalid, "import_malformed", "there is no %s in the archive", name)
	}
	r, err := f.Open()
	if err != nil {
		return models.Refuse(models.Invalid, "import_malformed", "%s cannot be read", name)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return models.Refuse(models.Invalid, "import_malformed", "%s cannot be read", name)
	case int64(len(raw)) > most:
		return models.Refuse(models.Invalid, "import_too_long", "%s is larger than %d MiB", name, most>>20)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return models.Refuse(models.Invalid, "import_malformed", "%s is no JSON", name)
	}
	return nil
}

// File opens a file of the archive, by what an attachment calls it.
func (b *Bag) File(name string) (io.ReadCloser, error) {
	f := b.files[path.Clean(strings.TrimPrefix(name, "/"))]
	if f == nil {
		return nil, models.Refuse(models.NotFound, "import_no_file", "a file of the post is not in the archive")
	}
	return f.Open()
}

// Rows are the lines of an import: the posts among what was said. Boosts are of others.
func (b *Bag) Rows() ([]*models.ImportRow, error) {
	var rows []*models.ImportRow
	for n, raw := range b.Items {
		var item struct {
			Type   string
			Object json.RawMessage
		}
		if json.Unmarshal(raw, &item) != nil || item.Type != "Create" {
			continue
		}
		var object struct{ ID models.IRI }
		if json.Unmarshal(item.Object, &object) != nil || object.ID.Origin() == "" || len(object.ID) > maxField {
			continue
		}
		rows = append(rows, &models.ImportRow{Line: n + 1, Item: models.ImportItem{URI: object.ID}, State: models.RowWaiting})
	}
	switch {
	case len(rows) == 0:
		return nil, models.Refuse(models.Invalid, "import_empty", "there is nothing in that file that can be imported")
	case len(rows) > models.MaxImportRows:
		return nil, models.Refuse(models.Invalid, "import_too_long", "at most %d posts can be imported at once", models.MaxImportRows)
	}
	return rows, nil
}

// Object returns the post of a line.
func (b *Bag) Object(line int) (json.RawMessage, error) {
	if line < 1 || line > len(b.Items) {
		return nil, fmt.Errorf("import: there is no line %d", line)
	}
	var item struct{ Object json.RawMessage }
	err := json.Unmarshal(b.Items[line-1], &item)
	return item.Object, err
}
