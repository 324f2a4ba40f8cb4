-- +goose Up
ALTER TABLE imports ADD COLUMN key text NOT NULL DEFAULT ''; -- in files: an archive of posts, while it is worked
ALTER TABLE imports ADD COLUMN visibility text NOT NULL DEFAULT ''; -- of posts: at most as open as this
ALTER TABLE posts ADD COLUMN imported_from text NOT NULL DEFAULT ''; -- the address it had elsewhere, of a copy that its author brought along
CREATE INDEX posts_imported ON posts (account_id, imported_from) WHERE imported_from <> '';
