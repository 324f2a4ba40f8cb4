package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// The entries of a backup, which is a tar file: one of the two databases, the uploads,
// and at the end what all of them have to be.
const (
	liteEntry     = "database.sqlite"
	postgresEntry = "database.pgdump"
	mediaEntries  = "media/"
	manifestEntry = "manifest.json"
)

// settingBackup names the setting that says how the last backup went.
const settingBackup = "backup.last"

// A manifest says what is in a backup.
type manifest struct {
	Program  string            `json:"program"`
	Domain   string            `json:"domain"`
	Dialect  string            `json:"dialect"`
	Schema   int64             `json:"schema"`
	At       time.Time         `json:"at"`
	Files    map[string]string `json:"files"`            // SHA-256, in hex, by entry
	Bucket   string            `json:"bucket,omitempty"` // where the uploads are, if they are not here
	Database string            `json:"database"`         // the entry that is the database
	Rows     map[string]int64  `json:"rows,omitempty"`   // of each table
}

type backupCmd struct {
	File string `arg:"" help:"The file to write: .tar. It must not exist."`
}

// Run writes a backup while the server runs, reads it again, and says what it found.
func (b backupCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(b.File); err == nil {
		return fmt.Errorf("%s exists: a backup overwrites nothing", b.File)
	}
	return withDB(w, func(db *store.DB) error {
		part := b.File + ".part"
		defer os.Remove(part) //nolint:errcheck // it has its name by then, or is of no use
		if err := writeBackup(w, db, c, part); err != nil {
			return err
		}
		m, err := verifyBackup(part)
		if err != nil {
			return fmt.Errorf("the backup was written, and is not good: %w", err)
		}
		if err := os.Rename(part, b.File); err != nil {
			return err
		}
		w.say("%s holds the database (%s, schema %d) and %d uploads of %s, and was read again: every checksum is right.", b.File, m.Dialect, m.Schema, len(m.Files)-1, m.Domain)
		if m.Bucket != "" {
			w.say("The uploads are in the bucket %s, and not in the backup.", m.Bucket)
		}
		w.say("The configuration is not in it: keep your ENSEMBLE_… settings as well. It holds keys and private posts: keep it where nobody else reads.")
		return noteBackup(w, db, b.File, m)
	})
}

// noteBackup remembers the backup for those who look after the server.
func noteBackup(ctx context.Context, db *store.DB, file string, m *manifest) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"at": m.At, "file": filepath.Base(file), "size": info.Size(), "files": len(m.Files) - 1})
	if err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *store.Tx) error {
		if err := store.Put(tx, &models.Backup{
			ID: models.NewID(tx.Now), State: models.BackupDone, Outside: true, File: filepath.Base(file), Size: info.Size(), Program: m.Program, Dialect: m.Dialect,
			Version: m.Schema, Files: int64(len(m.Files) - 1), Proof: models.ProofRead, CreatedAt: m.At, FinishedAt: &tx.Now, ProvedAt: &tx.Now,
		}); err != nil {
			return err
		}
		return store.Put(tx, &models.Setting{Name: settingBackup, Value: string(text)})
	})
}

func writeBackup(ctx context.Context, db *store.DB, c config, file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	b := &packer{tar: tar.NewWriter(f), manifest: manifest{Program: version, Domain: c.Site.Domain, Dialect: db.Dialect(), At: db.Now(), Files: map[string]string{}}}
	err = errors.Join(b.pack(ctx, db, c), b.tar.Close(), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// A packer writes a backup.
type packer struct {
	tar      *tar.Writer
	manifest manifest
}

func (b *packer) pack(ctx context.Context, db *store.DB, c config) (err error) {
	if b.manifest.Schema, err = db.SchemaVersion(ctx); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(c.Data, "backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // what is left is found by name
	b.manifest.Database = liteEntry
	if !c.onDisk() {
		b.manifest.Database = postgresEntry
	}
	copied := filepath.Join(folder, b.manifest.Database)
	if b.manifest.Rows, err = copyDatabase(ctx, db, c, copied); err != nil {
		return err
	}
	if err := b.add(b.manifest.Database, copied); err != nil {
		return err
	}
	if b.manifest.Bucket = c.Bucket.Endpoint; b.manifest.Bucket != "" {
		b.manifest.Bucket += "/" + c.Bucket.Bucket
	} else if err := b.addMedia(filepath.Join(c.Data, "media")); err != nil {
		return err
	}
	text, err := json.MarshalIndent(b.manifest, "", "\t")
	if err != nil {
		return err
	}
	if err := b.tar.WriteHeader(&tar.Header{Name: manifestEntry, Mode: 0o600, Size: int64(len(text)), ModTime: b.manifest.At}); err != nil {
		return err
	}
	_, err = b.tar.Write(text)
	return err
}

// copyDatabase writes the database, as it is at one moment, into a new file, and returns
// how many rows each table has in it.
func copyDatabase(ctx context.Context, db *store.DB, c config, file string) (map[string]int64, error) {
	if !c.onDisk() {
		return db.Snapshot(ctx, func(snapshot string) error {
			return program(ctx, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+file, "--dbname="+c.Database)
		})
	}
	if err := store.CopyTo(ctx, c.Database, file); err != nil {
		return nil, err
	}
	return store.CountRows(ctx, file)
}

func (b *packer) addMedia(folder string) error {
	return filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			if errors.Is(err, fs.ErrNotExist) { // nothing was uploaded yet, or it was deleted meanwhile
				return nil
			}
			return err
		}
		inside, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		if err := b.add(mediaEntries+filepath.ToSlash(inside), name); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func (b *packer) add(entry, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := b.tar.WriteHeader(&tar.Header{Name: entry, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(b.tar, sum), f); err != nil {
		return err
	}
	b.manifest.Files[entry] = hex.EncodeToString(sum.Sum(nil))
	return nil
}

var errNoProgram = errors.New("install the client programs of PostgreSQL")

// program runs a program of PostgreSQL. The address of the database holds a password,
// so errors do not repeat it.
func program(ctx context.Context, name string, args ...string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("there is no %s on this machine: %w", name, errNoProgram)
	}
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// verifyBackup reads all of a backup, and returns what it holds if every checksum is
// right and nothing is missing or too much.
func verifyBackup(file string) (*manifest, error) {
	sums := map[string]string{}
	m := (*manifest)(nil)
	err := eachEntry(file, func(name string, r io.Reader) error {
		if name == manifestEntry {
			m = &manifest{}
			return json.NewDecoder(r).Decode(m)
		}
		sum := sha256.New()
		_, err := io.Copy(sum, r)
		sums[name] = hex.EncodeToString(sum.Sum(nil))
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case m == nil:
		return nil, fmt.Errorf("%s is no whole backup: its manifest, which comes last, is missing", file)
	case m.Database != liteEntry && m.Database != postgresEntry || sums[m.Database] == "":
		return nil, fmt.Errorf("there is no database in %s", file)
	}
	for name, want := range m.Files {
		if sums[name] != want {
			return nil, fmt.Errorf("%s in %s is damaged or missing", name, file)
		}
	}
	if len(sums) != len(m.Files) {
		return nil, fmt.Errorf("there are files in %s that its manifest does not name", file)
	}
	return m, nil
}

// eachEntry has fn read every file of a backup. Names that lead elsewhere are refused.
func eachEntry(file string, fn func(name string, r io.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	for t := tar.NewReader(f); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s is no backup, or is damaged: %w", file, err)
		}
		known := h.Name == liteEntry || h.Name == postgresEntry || h.Name == manifestEntry || strings.HasPrefix(h.Name, mediaEntries)
		if h.Typeflag != tar.TypeReg || !known || path.Clean(h.Name) != h.Name || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return fmt.Errorf("%q is no name of a file in a backup", h.Name)
		}
		if err := fn(h.Name, t); err != nil {
			return err
		}
	}
}
