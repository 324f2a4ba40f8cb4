package federation

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"ensemble/activities/transfer"
	"ensemble/models"
	"ensemble/models/store"
)

// pack puts an archive together in a temporary file, a page of rows in a transaction,
// and then on the shelf. What cannot be read of a file is left out of it.
func (s *Server) pack(ctx context.Context, t transfer.Pack) error {
	var me *models.Account
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		a, err := store.Maybe[models.Archive](tx, "id = ? AND state = ?", t.Archive, models.ArchiveWaiting)
		if err != nil || a == nil {
			return err
		}
		me, err = store.Get[models.Account](tx, a.AccountID)
		return err
	})
	if err != nil || me == nil {
		return err
	}
	key, size, err := s.packed(ctx, t.Archive, me)
	why := ""
	if err != nil {
		if ctx.Err() != nil || !errors.Is(err, models.ErrFull) {
			return err // it is tried again
		}
		why = "there is no room for it on the server"
	}
	wanted := false
	err = s.db.Tx(ctx, func(tx *store.Tx) (err error) {
		wanted, err = transfer.Packed(tx, t.Archive, key, size, why)
		return err
	})
	if (err != nil || !wanted) && key != "" {
		err = errors.Join(err, s.files.Delete(key))
	}
	return err
}

func (s *Server) packed(ctx context.Context, id models.ID, me *models.Account) (key string, size int64, err error) {
	f, err := os.CreateTemp("", "archive-*.zip")
	if err != nil {
		return "", 0, fmt.Errorf("make archive: %w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }() // the system sweeps its temporary folder
	b := &box{Server: s, ctx: ctx, me: me, zip: zip.NewWriter(f)}
	for _, part := range []func() error{b.media, b.actor, b.outbox, b.kept, b.lists, b.consents, b.zip.Close} {
		if err := part(); err != nil {
			return "", 0, fmt.Errorf("make archive: %w", err)
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("make archive: %w", err)
	}
	key = "archives/" + id.String() + "/" + strings.ToLower(rand.Text()) + ".zip"
	size, err = s.files.Put(ctx, key, f)
	return key, size, err
}
