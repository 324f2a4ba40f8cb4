-- +goose Up

CREATE TABLE reactions (
	id bigint PRIMARY KEY,
	uri text NOT NULL,
	account_id bigint NOT NULL,
	post_id bigint NOT NULL,
	name text NOT NULL, -- an emoji of Unicode, or a shortcode
	domain text NOT NULL DEFAULT '', -- whose shortcode; '' for Unicode
	created_at timestamp NOT NULL,
	UNIQUE (account_id, post_id, name, domain)
);
CREATE INDEX reactions_post ON reactions (post_id, id);
CREATE INDEX reactions_uri ON reactions (uri);
