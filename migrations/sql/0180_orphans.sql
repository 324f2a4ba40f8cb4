-- +goose Up
-- With the first column alone, SQLite prefers the index on in_reply_to_id, and reads all posts that answer nothing.
DROP INDEX posts_orphans;
CREATE INDEX posts_orphans ON posts (in_reply_to_uri, in_reply_to_id, id) WHERE in_reply_to_id = 0 AND in_reply_to_uri <> '';
