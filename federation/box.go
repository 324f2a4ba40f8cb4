package federation

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"

	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/activities/transfer"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// A box is an archive that is being put together, laid out as Mastodon's: actor.json,
// outbox.json, likes.json, bookmarks.json, pictures beside them and below
// media_attachments, and ours: CSV files, stamps.json and collabs.json.
type box struct {
	*Server
	ctx   context.Context
	me    *models.Account
	zip   *zip.Writer
	names []string // addresses of files, and what they are called here, in turn
}

const boxPage = 200 // rows that are read at once

// media puts in what me uploaded and uses.
func (b *box) media() error {
	var all []*models.Media
	err := b.db.Read(b.ctx, func(tx *store.Tx) (err error) {
		all, err = store.Find[models.Media](tx, "account_id = ? AND state = ? AND key <> '' AND secret <> '' ORDER BY id", b.me.ID, models.MediaReady)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		name := "media_attachments/files/" + m.ID.String() + path.Ext(m.Key)
		switch secret := "/" + m.Secret + "/"; {
		case strings.Contains(b.me.AvatarURL, secret):
			name = "avatar" + path.Ext(m.Key)
		case strings.Contains(b.me.HeaderURL, secret):
			name = "header" + path.Ext(m.Key)
		case m.PostID == 0:
			continue
		}
		if err := b.file(m.Key, name); err != nil {
			return err
		}
		b.names = append(b.names, `"`+string(post.MediaURL(b.db.Site, m, "original"))+`"`, `"`+name+`"`)
	}
	return nil
}

// file copies a file. One that is gone is left out.
func (b *box) file(key, name string) error {
	r, _, err := b.files.Open(key)
	if models.KindOf(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}) // pictures are small already
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return errors.Join(err, r.Close(), b.ctx.Err())
}

// put writes a file of bytes.
func (b *box) put(name string, body []byte, err error) error {
	if err != nil {
		return err
	}
	w, err := b.zip.Create(name)
	if err == nil {
		_, err = w.Write(b.local(body))
	}
	return err
}

// local calls files by their names in the archive.
func (b *box) local(body []byte) []byte {
	return []byte(strings.NewReplacer(b.names...).Replace(string(body)))
}

func (b *box) actor() error {
	body, err := wire.EncodeActor(b.me, b.db.Site)
	var doc map[string]any
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil {
		return err
	}
	doc["outbox"], doc["likes"], doc["bookmarks"] = "outbox.json", "likes.json", "bookmarks.json"
	body, err = json.MarshalIndent(doc, "", "  ")
	return b.put("actor.json", body, err)
}

// outbox puts in all that me said and passed on, the oldest first.
func (b *box) outbox() error {
	w, err := b.zip.Create("outbox.json")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, `{"@context":"https://www.w3.org/ns/activitystreams","id":"outbox.json","type":"OrderedCollection","orderedItems":[`); err != nil {
		return err
	}
	total := 0
	for after := models.ID(0); ; {
		var items [][]byte
		err := b.db.Read(b.ctx, func(tx *store.Tx) error {
			found, err := store.Find[models.Feed](tx, "account_id = ? AND id > ? ORDER BY id LIMIT ?", b.me.ID, after, boxPage)
			all, _, err := rows(found, err, func(f *models.Feed) (any, models.ID, error) {
				item, err := said(tx, b.me, f)
				after = f.ID
				return item, f.ID, err
			})
			for _, i := range all {
				raw, e := json.Marshal(i)
				items, err = append(items, raw), errors.Join(err, e)
			}
			if len(found) < boxPage {
				after = 0
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, raw := range items {
			if total++; total > 1 {
				raw = append([]byte(",\n"), raw...)
			}
			if _, err := w.Write(b.local(raw)); err != nil {
				return err
			}
		}
		if after == 0 {
			break
		}
	}
	end, err := json.Marshal(total)
	if err == nil {
		_, err = w.Write(bytes.Join([][]byte{[]byte(`],"totalItems":`), end, []byte("}\n")}, nil))
	}
	return err
}

// kept puts in what me liked and kept, by its address.
func (b *box) kept() error {
	for name, query := range map[string]string{"likes.json": "likes", "bookmarks.json": "bookmarks"} {
		var uris []any
		err := b.db.Read(b.ctx, func(tx *store.Tx) error {
			posts, err := store.Find[models.Post](tx, "id IN (SELECT post_id FROM "+query+" WHERE account_id = ?) ORDER BY id DESC", b.me.ID)
			for _, p := range posts {
				uris = append(uris, p.URI)
			}
			return err
		})
		if err != nil {
			return err
		}
		body, err := wire.EncodeWholeCollection(models.IRI(name), wire.Ordered, uris)
		if err := b.put(name, body, err); err != nil {
			return err
		}
	}
	return nil
}

// lists puts in what me decided about others, as it can be imported.
func (b *box) lists() error {
	for name, kind := range map[string]models.ImportKind{
		"following.csv": models.ImportFollowing, "blocks.csv": models.ImportBlocking, "mutes.csv": models.ImportMuting,
		"domain_blocks.csv": models.ImportDomains, "lists.csv": models.ImportLists, "bookmarks.csv": models.ImportBookmarks,
	} {
		var body []byte
		err := b.db.Read(b.ctx, func(tx *store.Tx) (err error) {
			body, err = transfer.Write(tx, b.me, kind)
			return err
		})
		if err := b.put(name, body, err); err != nil {
			return err
		}
	}
	return nil
}

// A kept work is what me had to do with something that several wrote.
type keptWork struct {
	URI    models.IRI         `json:"uri"`
	Post   models.IRI         `json:"post"`
	State  models.CollabState `json:"state"`
	Events []*models.Event    `json:"events"` // a chain: each holds the hash of the one before
}

// consents puts in what me agreed to: the stamps, and the history of each work.
func (b *box) consents() error {
	stamps, works := []json.RawMessage{}, []keptWork{}
	err := b.db.Read(b.ctx, func(tx *store.Tx) error {
		all, err := store.Find[models.Stamp](tx, "account_id = ? AND revoked_at IS NULL ORDER BY id", b.me.ID)
		if err != nil {
			return err
		}
		for _, s := range all {
			raw, err := wire.EncodeStamp(s.Document(b.me))
			if err != nil {
				return err
			}
			stamps = append(stamps, raw)
		}
		mine, err := store.Find[models.Collab](tx,
			"initiator_id = ? OR id IN (SELECT collab_id FROM invites WHERE account_id = ? AND state <> ?) ORDER BY id", b.me.ID, b.me.ID, models.InviteDraft)
		for _, c := range mine {
			events, err := collab.History(tx, b.me, c)
			if models.KindOf(err) == models.NotFound {
				continue // it is nobody's business any more
			}
			if err != nil {
				return err
			}
			works = append(works, keptWork{c.URI, c.PostURI, c.State, events})
		}
		return err
	})
	if err != nil {
		return err
	}
	for name, doc := range map[string]any{"stamps.json": stamps, "collabs.json": works} {
		body, err := json.MarshalIndent(doc, "", "  ")
		if err := b.put(name, body, err); err != nil {
			return err
		}
	}
	return nil
}
