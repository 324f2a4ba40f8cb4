-- +goose Up
-- What moderators write down for each other, single features that somebody is shut out
-- of, and what people say against what was done to them.
CREATE TABLE moderation_notes (
	id bigint PRIMARY KEY,
	target_id bigint NOT NULL,
	report_id bigint NOT NULL DEFAULT 0,
	by_id bigint NOT NULL DEFAULT 0,
	who text NOT NULL, -- their name at that time
	text text NOT NULL, -- plain text
	created_at timestamp NOT NULL
);
CREATE INDEX moderation_notes_target ON moderation_notes (target_id, id);
CREATE INDEX moderation_notes_report ON moderation_notes (report_id, id);

CREATE TABLE feature_bans (
	account_id bigint NOT NULL,
	feature text NOT NULL,
	by_id bigint NOT NULL DEFAULT 0,
	reason text NOT NULL DEFAULT '',
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, feature)
);

CREATE TABLE appeals (
	id bigint PRIMARY KEY,
	warning_id bigint NOT NULL UNIQUE,
	account_id bigint NOT NULL,
	text text NOT NULL,
	state text NOT NULL, -- pending, approved or rejected
	answer text NOT NULL DEFAULT '',
	decided_by bigint NOT NULL DEFAULT 0,
	decided_at timestamp,
	created_at timestamp NOT NULL
);
CREATE INDEX appeals_state ON appeals (state, id);

ALTER TABLE warnings ADD COLUMN feature text NOT NULL DEFAULT ''; -- that it shut the person out of
ALTER TABLE warnings ADD COLUMN key text NOT NULL DEFAULT ''; -- hash of the secret that opens it without signing in
ALTER TABLE warnings ADD COLUMN undone_at timestamp; -- when what was done was taken back
CREATE INDEX warnings_key ON warnings (key) WHERE key <> '';

ALTER TABLE emojis ADD COLUMN disabled boolean NOT NULL DEFAULT false; -- nobody here can write it any more
CREATE INDEX moderation_log_at ON moderation_log (at);
