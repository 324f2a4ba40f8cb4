-- +goose Up

CREATE TABLE emojis (
	id bigint PRIMARY KEY,
	domain text NOT NULL DEFAULT '', -- '' for ours, else the host of who uses it
	shortcode text NOT NULL, -- without colons
	uri text NOT NULL DEFAULT '',
	url text NOT NULL, -- of the picture
	content_type text NOT NULL DEFAULT '',
	media_id bigint NOT NULL DEFAULT 0, -- of ours
	changed_at timestamp NOT NULL,
	created_at timestamp NOT NULL,
	UNIQUE (domain, shortcode)
);
