-- +goose Up
CREATE TABLE announcements (
	id bigint PRIMARY KEY,
	text text NOT NULL,
	content text NOT NULL, -- HTML
	tags text, -- JSON
	starts_at timestamp, -- of what it announces
	ends_at timestamp, -- after which nobody is shown it
	all_day boolean NOT NULL DEFAULT false,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL
);

CREATE TABLE announcement_reads (
	announcement_id bigint NOT NULL REFERENCES announcements,
	account_id bigint NOT NULL,
	PRIMARY KEY (announcement_id, account_id)
);

CREATE TABLE announcement_reactions (
	announcement_id bigint NOT NULL REFERENCES announcements,
	account_id bigint NOT NULL,
	name text NOT NULL, -- an emoji, or a shortcode of ours
	created_at timestamp NOT NULL,
	PRIMARY KEY (announcement_id, account_id, name)
);

ALTER TABLE emojis ADD COLUMN category text NOT NULL DEFAULT ''; -- of ours, in pickers
