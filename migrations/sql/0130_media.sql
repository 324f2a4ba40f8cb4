-- +goose Up

ALTER TABLE media ADD COLUMN stream text NOT NULL DEFAULT '{}'; -- how a film or a sound is encoded
ALTER TABLE media ADD COLUMN source_key text NOT NULL DEFAULT ''; -- what was uploaded, while it is processed
ALTER TABLE media ADD COLUMN tries integer NOT NULL DEFAULT 0; -- how often that was begun
CREATE INDEX media_state ON media (state);
