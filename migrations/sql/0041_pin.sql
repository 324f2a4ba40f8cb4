-- +goose Up
-- What an account puts on top of its profile: posts of its own, or under which it
-- stands, and hashtags.
CREATE TABLE pins (
	account_id bigint NOT NULL,
	post_id bigint NOT NULL,
	id bigint NOT NULL, -- their order, the newest first
	PRIMARY KEY (account_id, post_id)
);
CREATE INDEX pins_post ON pins (post_id);

CREATE TABLE featured_tags (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL,
	name text NOT NULL, -- as it was typed
	tag text NOT NULL, -- in lower case
	created_at timestamp NOT NULL,
	UNIQUE (account_id, tag)
);

ALTER TABLE accounts ADD COLUMN featured_tags text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN featured_due timestamp; -- since when that is to be done again
ALTER TABLE accounts ADD COLUMN featured_at timestamp; -- when another server was asked for them
UPDATE accounts SET featured_tags = uri || '/featured_tags' WHERE domain = '' AND NOT system;
