package federation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"ensemble/activities/media"
	"ensemble/activities/post"
	"ensemble/activities/transfer"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// BringPosts works an import of posts: each in a transaction of its own, so that it goes
// on where it was stopped. Nothing of it leaves this server.
func (s *Server) BringPosts(ctx context.Context, i *models.Import) error {
	f, size, err := s.spooled(i.Key)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }() // the system sweeps its temporary folder
	bag, err := transfer.OpenBag(f, size)
	if err != nil {
		return err
	}
	for {
		var row *models.ImportRow
		err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
			_, row, _, err = transfer.Next(tx, i.ID, models.MaxImportTries)
			return err
		})
		if err != nil {
			return err
		}
		if row == nil {
			return s.db.Tx(ctx, func(tx *store.Tx) error { return transfer.Finish(tx, i.ID) })
		}
		if err := s.bring(ctx, i, bag, row.Line); err != nil {
			return err
		}
	}
}

// spooled copies a file of the shelf to where one can go back and forth in it.
func (s *Server) spooled(key string) (*os.File, int64, error) {
	r, _, err := s.files.Open(key)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close() //nolint:errcheck // nothing was written
	f, err := os.CreateTemp("", "import-*.zip")
	if err != nil {
		return nil, 0, fmt.Errorf("import posts: %w", err)
	}
	size, err := io.Copy(f, r)
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("import posts: %w", err), f.Close(), os.Remove(f.Name()))
	}
	return f, size, nil
}

// bring takes in one post, with its files.
func (s *Server) bring(ctx context.Context, i *models.Import, bag *transfer.Bag, line int) error {
	raw, err := bag.Object(line)
	if err != nil {
		return err
	}
	n, why := wire.DecodeNote(raw)
	if why == nil && n.Author != bag.Actor {
		why = models.Refuse(models.Invalid, "import_not_own", "somebody else wrote that post")
	}
	v := models.VisDirect
	if why == nil {
		v = models.VisibilityOf(n.To, n.Cc, bag.Followers)
	}
	if why == nil && v == models.VisDirect {
		why = models.Refuse(models.Invalid, "import_direct", "a private mention is not imported: it is others' too")
	}
	var uploads []*models.Media
	if why == nil {
		uploads, why = s.unpack(ctx, i.AccountID, bag, raw)
	}
	if ctx.Err() != nil {
		s.discard(uploads)
		return ctx.Err()
	}
	kept := false
	err = s.db.Tx(ctx, func(tx *store.Tx) error {
		kept = false
		return transfer.Try(tx, i, line, func(me *models.Account, _ models.ImportItem) error {
			if why != nil {
				return why
			}
			p, err := post.Import(tx, me, n, transfer.Narrower(v, i.Visibility), uploads)
			kept = err == nil && p != nil
			return err
		})
	})
	if err != nil || !kept {
		s.discard(uploads)
	}
	return err
}

// unpack makes uploads of the files of a post.
func (s *Server) unpack(ctx context.Context, owner models.ID, bag *transfer.Bag, raw json.RawMessage) (out []*models.Media, err error) {
	desk := &media.Desk{DB: s.db, Files: s.files, Limits: files.Of(s.db.Site.Limits), Log: s.log}
	all := wire.Enclosures(raw)
	for _, a := range all[:min(len(all), s.db.Site.Most().Attachments)] {
		m := media.New(owner, s.db.Now())
		if err = take(ctx, desk, bag, m, a); err != nil {
			s.discard(out)
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func take(ctx context.Context, desk *media.Desk, bag *transfer.Bag, m *models.Media, a wire.Enclosure) error {
	r, err := bag.File(a.URL)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // nothing was written
	u, err := files.Receive(ctx, r, a.MediaType, path.Base(a.URL), desk.Limits)
	if err != nil {
		return err
	}
	defer u.Close() //nolint:errcheck // the system sweeps its temporary folder
	m.Alt, m.FocusX, m.FocusY = a.Alt, a.FocusX, a.FocusY
	return desk.Take(ctx, m, u, true)
}

func (s *Server) discard(uploads []*models.Media) {
	desk := &media.Desk{Files: s.files}
	for _, m := range uploads {
		desk.Discard(m)
	}
}
