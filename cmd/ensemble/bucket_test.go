package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ensemble/models/files/filestest"
)

func TestDoctorTriesTheFiles(t *testing.T) {
	fake := filestest.NewBucket(t)
	examine := func(change func(*config)) string {
		c := config{Data: t.TempDir(), Bucket: fake.Config()}
		change(&c)
		d := &doctor{world: &world{Context: context.Background(), out: &bytes.Buffer{}}, config: c}
		d.report(d.media()...)
		return d.out.(*bytes.Buffer).String()
	}
	for name, c := range map[string]struct {
		change func(*config)
		says   string
	}{
		"a folder":                {func(c *config) { c.Bucket.Endpoint = "" }, "ok    The media folder "},
		"a bucket":                {func(*config) {}, "ok    The bucket pictures at " + fake.URL + " can be written to and read."},
		"a wrong secret":          {func(c *config) { c.Bucket.Secret = "x" }, "cannot be written to: "},
		"another bucket":          {func(c *config) { c.Bucket.Bucket = "x" }, "cannot be written to: "},
		"a bucket that all read":  {func(c *config) { c.Bucket.PublicURL = fake.Public() }, "ok    Everybody can read it at " + fake.Public()},
		"a bucket that none read": {func(c *config) { c.Bucket.PublicURL = fake.URL + "/pictures" }, "answers 403"},
		"a folder that is a file": {func(c *config) {
			c.Bucket.Endpoint = ""
			if err := os.WriteFile(filepath.Join(c.Data, "media"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "cannot be opened: "},
	} {
		if got := examine(c.change); !strings.Contains(got, c.says) {
			t.Errorf("%s: got %s, want %s", name, got, c.says)
		}
	}
	if left := fake.Keys(); len(left) > 0 {
		t.Errorf("the doctor left %v", left)
	}
}

func TestBucketIsConfigured(t *testing.T) {
	all := map[string]string{"ENSEMBLE_S3_ENDPOINT": "https://s3.example", "ENSEMBLE_S3_BUCKET": "b", "ENSEMBLE_S3_KEY": "k", "ENSEMBLE_S3_SECRET": "s",
		"ENSEMBLE_S3_REGION": "eu-west-3", "ENSEMBLE_S3_PUBLIC_URL": "https://files.example"}
	c, err := readConfig(func(name string) string { return all[name] }, false)
	if err != nil || c.Bucket.Endpoint != "https://s3.example" || c.Bucket.Region != "eu-west-3" || c.node(nil).Bucket != c.Bucket {
		t.Errorf("got %+v, %v", c.Bucket, err)
	}
	for _, missing := range []string{"ENSEMBLE_S3_ENDPOINT", "ENSEMBLE_S3_BUCKET", "ENSEMBLE_S3_KEY", "ENSEMBLE_S3_SECRET"} {
		_, err := readConfig(func(name string) string {
			if name == missing {
				return ""
			}
			return all[name]
		}, false)
		if err == nil || !strings.Contains(err.Error(), "ENSEMBLE_S3") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}
