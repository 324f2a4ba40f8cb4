-- +goose Up
ALTER TABLE users ADD COLUMN filters boolean NOT NULL DEFAULT false; -- has some

CREATE TABLE filters (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	title text NOT NULL,
	contexts text, -- JSON
	action text NOT NULL,
	expires_at timestamp,
	created_at timestamp NOT NULL
);
CREATE INDEX filters_account ON filters (account_id, id);

CREATE TABLE filter_keywords (
	id bigint PRIMARY KEY,
	filter_id bigint NOT NULL REFERENCES filters,
	account_id bigint NOT NULL,
	keyword text NOT NULL,
	whole_word boolean NOT NULL DEFAULT true
);
CREATE INDEX filter_keywords_filter ON filter_keywords (filter_id, id);
CREATE INDEX filter_keywords_account ON filter_keywords (account_id, id);

CREATE TABLE filter_posts (
	id bigint PRIMARY KEY,
	filter_id bigint NOT NULL REFERENCES filters,
	account_id bigint NOT NULL,
	post_id bigint NOT NULL,
	UNIQUE (filter_id, post_id)
);
CREATE INDEX filter_posts_account ON filter_posts (account_id, post_id);
CREATE INDEX filter_posts_post ON filter_posts (post_id);
