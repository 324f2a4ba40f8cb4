-- +goose Up
-- Hashtags that people here follow. Each has an ID of its own, under which its posts
-- stand in feed, as those of an account stand under that of the account.
CREATE TABLE tags (
	id bigint PRIMARY KEY,
	tag text NOT NULL UNIQUE, -- in lower case
	created_at timestamp NOT NULL
);

CREATE TABLE tag_follows (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	tag_id bigint NOT NULL REFERENCES tags,
	name text NOT NULL, -- as it was typed
	created_at timestamp NOT NULL,
	UNIQUE (account_id, tag_id)
);
CREATE INDEX tag_follows_tag ON tag_follows (tag_id);
CREATE INDEX tag_follows_account ON tag_follows (account_id, id);
