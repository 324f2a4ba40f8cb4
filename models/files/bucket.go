package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"ensemble/models"
)

// patience is how long a bucket may take to begin an answer.
const patience = 30 * time.Second

// BucketConfig says where a bucket of S3, or of what speaks like it, is.
type BucketConfig struct {
	Endpoint string // https://s3.example, or http:// for one on this machine
	Bucket   string
	Region   string // "" means us-east-1
	Key      string
	Secret   string
	// PublicURL is where everybody can read the bucket, perhaps by way of other
	// machines: https://files.example. "" means nobody can: files are read and passed
	// on by this server.
	PublicURL string
	Scratch   string // folder for temporary files, "" for the system's
}

// Check returns in words what is wrong with c.
func (c BucketConfig) Check() error {
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "":
		return models.Errorf(models.Invalid, "the endpoint of a bucket is an address such as https://s3.example, not %q", c.Endpoint)
	case c.Bucket == "" || c.Key == "" || c.Secret == "":
		return models.Errorf(models.Invalid, "a bucket has a name, a key and a secret")
	case c.PublicURL == "":
		return nil
	}
	p, err := url.Parse(c.PublicURL)
	if err != nil || p.Scheme != "https" && p.Scheme != "http" || p.Host == "" || p.RawQuery != "" || p.Fragment != "" {
		return models.Errorf(models.Invalid, "the public address of a bucket is one such as https://files.example, not %q", c.PublicURL)
	}
	return nil
}

// Bucket keeps files in a bucket of S3, or of what speaks like it. It implements
// Store, and is the one thing in this package that uses the network: to the address
// that the operator gave.
type Bucket struct {
	client    *minio.Client
	transport *http.Transport
	conf      BucketConfig
}

// NewBucket returns a bucket. It does not ask whether it is there.
func NewBucket(c BucketConfig) (*Bucket, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	b := &Bucket{conf: c}
	b.conf.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if b.transport, err = minio.DefaultTransport(u.Scheme == "https"); err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	b.transport.ResponseHeaderTimeout = patience
	b.client, err = minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.Key, c.Secret, ""), Secure: u.Scheme == "https", Region: c.Region,
		Transport: b.transport, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	return b, nil
}

// Close lets go of idle connections.
func (b *Bucket) Close() error {
	b.transport.CloseIdleConnections()
	return nil
}

// Public implements Store.
func (b *Bucket) Public(key string) string {
	if b.conf.PublicURL == "" {
		return ""
	}
	return b.conf.PublicURL + "/" + key
}

// Put implements Store.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if _, err := place(key); err != nil {
		return 0, err
	}
	f, done, err := b.sized(reader{ctx, r}, r)
	if err != nil {
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	defer done()
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	kind := typeOf(key)
	if kind == "" {
		kind = "application/octet-stream"
	}
	_, err = b.client.PutObject(ctx, b.conf.Bucket, key, f, info.Size(), minio.PutObjectOptions{
		ContentType: kind, CacheControl: "public, max-age=31536000, immutable", DisableMultipart: true,
	})
	if err != nil {
		return 0, b.failed(key, err)
	}
	return info.Size(), nil
}

// sized returns what r gives as a file, whose size is known: a bucket wants it first.
func (b *Bucket) sized(limited, r io.Reader) (_ *os.File, done func(), err error) {
	if f, ok := r.(*os.File); ok {
		if at, err := f.Seek(0, io.SeekCurrent); err == nil && at == 0 {
			return f, func() {}, nil
		}
	}
	f, err := os.CreateTemp(b.conf.Scratch, "ensemble-media-*")
	if err != nil {
		return nil, nil, err
	}
	done = func() {
		_ = f.Close() // nothing of it is needed any more
		_ = os.Remove(f.Name())
	}
	if _, err = io.Copy(f, limited); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}

// Open implements Store. What is read is fetched as it is read.
func (b *Bucket) Open(key string) (io.ReadSeekCloser, Info, error) {
	if _, err := place(key); err != nil {
		return nil, Info{}, err
	}
	o, err := b.client.GetObject(context.Background(), b.conf.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, b.failed(key, err)
	}
	stat, err := o.Stat()
	if err != nil {
		return nil, Info{}, errors.Join(b.failed(key, err), o.Close())
	}
	return o, Info{Size: stat.Size, Modified: stat.LastModified}, nil
}

// Delete implements Store.
func (b *Bucket) Delete(key string) error {
	if _, err := place(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := b.failed(key, b.client.RemoveObject(ctx, b.conf.Bucket, key, minio.RemoveObjectOptions{}))
	if models.KindOf(err) == models.NotFound {
		return nil
	}
	return err
}

// Exists implements Store.
func (b *Bucket) Exists(key string) (bool, error) {
	if _, err := place(key); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := b.client.StatObject(ctx, b.conf.Bucket, key, minio.StatObjectOptions{})
	if err = b.failed(key, err); models.KindOf(err) == models.NotFound {
		return false, nil
	}
	return err == nil, err
}

// failed turns what a bucket says into what edges understand.
func (b *Bucket) failed(key string, err error) error {
	if err == nil {
		return nil
	}
	switch r := minio.ToErrorResponse(err); {
	case r.Code == minio.NoSuchKey:
		return models.Errorf(models.NotFound, "there is no file called %q here", key)
	case r.StatusCode == 0 && r.Code == "", r.StatusCode >= 500:
		return fmt.Errorf("%w (%s: %w)", errBucket, key, err)
	}
	return fmt.Errorf("bucket, %s: %w", key, err)
}
