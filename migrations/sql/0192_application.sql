-- +goose Up
ALTER TABLE posts ADD COLUMN app_id bigint NOT NULL DEFAULT 0; -- by which it was written, 0 if that is not known
ALTER TABLE accounts ADD COLUMN hide_app boolean NOT NULL DEFAULT false; -- by which its posts are written
ALTER TABLE settings ADD COLUMN updated_at timestamp; -- when it was chosen; null: before that was kept
