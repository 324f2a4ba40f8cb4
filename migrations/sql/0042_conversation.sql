-- +goose Up
-- Threads that are put together of what several servers hold, and followers that
-- two servers agree upon.
ALTER TABLE posts ADD COLUMN context text NOT NULL DEFAULT ''; -- the conversation, as its origin calls it
ALTER TABLE posts ADD COLUMN filled_at timestamp; -- when its thread was asked for last
CREATE INDEX posts_orphans ON posts (in_reply_to_uri) WHERE in_reply_to_id = 0 AND in_reply_to_uri <> '';
ALTER TABLE accounts ADD COLUMN synced_at timestamp; -- when its followers here were compared last
