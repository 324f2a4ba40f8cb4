// Package filestest gives tests a bucket: a small server that speaks as much of S3 as
// a files.Bucket does, on this machine, and believes no request whose signature does
// not hold.
package filestest

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/models/files"
)

const (
	name   = "pictures"
	key    = "the-key"
	secret = "the-secret"
	region = "eu-test-1"

	dateForm = "20060102T150405Z"
)

// A Bucket is a server of S3 with one bucket.
type Bucket struct {
	*httptest.Server

	mu      sync.Mutex
	objects map[string]object
	down    bool
	asked   []string // methods and keys
}

type object struct {
	body     []byte
	kind     string
	modified time.Time
}

// NewBucket starts a bucket that ends with the test.
func NewBucket(t testing.TB) *Bucket {
	b := &Bucket{objects: map[string]object{}}
	b.Server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.Server.Close)
	return b
}

// Config says where the bucket is, and how to get in.
func (b *Bucket) Config() files.BucketConfig {
	return files.BucketConfig{Endpoint: b.URL, Bucket: name, Region: region, Key: key, Secret: secret}
}

// Public is where everybody can read what is in the bucket.
func (b *Bucket) Public() string { return b.URL + "/public" }

// Down has the bucket answer nothing but that it is unavailable.
func (b *Bucket) Down(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// Keys returns the names of all that is in the bucket.
func (b *Bucket) Keys() (keys []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for k := range b.objects {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Kind returns the content type of an object.
func (b *Bucket) Kind(key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.objects[key].kind
}

// Asked returns how often a method was asked for.
func (b *Bucket) Asked(method string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.asked {
		if a == method {
			n++
		}
	}
	return n
}

func (b *Bucket) serve(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	down := b.down
	b.asked = append(b.asked, r.Method)
	b.mu.Unlock()
	key, inside := strings.CutPrefix(r.URL.Path, "/"+name+"/")
	open, public := strings.CutPrefix(r.URL.Path, "/public/")
	switch {
	case down:
		refuse(w, http.StatusServiceUnavailable, "SlowDown")
	case public && r.Method == http.MethodGet:
		b.get(w, r, open)
	case !inside || key == "":
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case !signed(r):
		refuse(w, http.StatusForbidden, "SignatureDoesNotMatch")
	case r.Method == http.MethodPut:
		b.put(w, r, key)
	case r.Method == http.MethodDelete:
		b.mu.Lock()
		delete(b.objects, key)
		b.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	default:
		b.get(w, r, key)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code) // who hung up does not want it
}

func (b *Bucket) put(w http.ResponseWriter, r *http.Request, key string) {
	body, err := io.ReadAll(r.Body)
	if err == nil && strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body, err = unchunk(string(body))
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	b.mu.Lock()
	modified, _ := time.Parse(dateForm, r.Header.Get("X-Amz-Date")) // it was signed
	b.objects[key] = object{body, r.Header.Get("Content-Type"), modified}
	b.mu.Unlock()
	w.Header().Set("ETag", `"`+sum(string(body))[:32]+`"`)
}

func (b *Bucket) get(w http.ResponseWriter, r *http.Request, key string) {
	b.mu.Lock()
	o, there := b.objects[key]
	b.mu.Unlock()
	if !there {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("Content-Type", o.kind)
	w.Header().Set("ETag", `"`+sum(string(o.body))[:32]+`"`)
	http.ServeContent(w, r, "", o.modified, strings.NewReader(string(o.body)))
}

// unchunk reads a body in signed chunks, as AWS calls them.
func unchunk(s string) (body []byte, err error) {
	r := bufio.NewReader(strings.NewReader(s))
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		length, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(length, 16, 32)
		if err != nil || n == 0 {
			return body, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil, err
		}
		body = append(body, chunk[:n]...)
	}
}

// signed reports whether the signature of version 4 holds.
func signed(r *http.Request) bool {
	algorithm, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	fields := map[string]string{}
	for _, f := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(f), "=")
		fields[name] = value
	}
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse(dateForm, date)
	scope := at.Format("20060102") + "/" + region + "/s3/aws4_request"
	if err != nil || algorithm != "AWS4-HMAC-SHA256" || fields["Credential"] != key+"/"+scope {
		return false
	}
	canonical := r.Method + "\n" + (&url.URL{Path: r.URL.Path}).EscapedPath() + "\n" + strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20") + "\n"
	for _, name := range strings.Split(fields["SignedHeaders"], ";") {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		canonical += name + ":" + strings.TrimSpace(value) + "\n"
	}
	canonical += "\n" + fields["SignedHeaders"] + "\n" + r.Header.Get("X-Amz-Content-Sha256")
	k := []byte("AWS4" + secret)
	for _, part := range strings.Split(scope, "/") {
		k = mac(k, part)
	}
	want := hex.EncodeToString(mac(k, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+sum(canonical)))
	return hmac.Equal([]byte(want), []byte(fields["Signature"]))
}

func mac(key []byte, s string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(s))
	return m.Sum(nil)
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
