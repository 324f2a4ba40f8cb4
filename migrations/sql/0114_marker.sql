-- +goose Up
-- How far somebody has read a timeline.
CREATE TABLE markers (
	account_id bigint NOT NULL,
	timeline text NOT NULL, -- home, notifications
	last_read_id bigint NOT NULL,
	version integer NOT NULL,
	updated_at timestamp NOT NULL,
	PRIMARY KEY (account_id, timeline)
);
