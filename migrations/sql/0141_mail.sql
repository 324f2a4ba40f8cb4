-- +goose Up
-- E-mail that this server sends. What it says is forgotten once it is sent or given
-- up, for it may hold a secret; the row stays a month.
CREATE TABLE mails (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL DEFAULT 0, -- whom it is about; 0 for nobody
	kind text NOT NULL,
	recipient text NOT NULL,
	subject text NOT NULL,
	plain text NOT NULL DEFAULT '',
	html text NOT NULL DEFAULT '',
	unsubscribe text NOT NULL DEFAULT '', -- address of a one-click end (RFC 8058)
	state text NOT NULL, -- queued, sent, failed
	attempts integer NOT NULL DEFAULT 0,
	due_at timestamp NOT NULL,
	last_error text NOT NULL DEFAULT '',
	created_at timestamp NOT NULL,
	done_at timestamp
);
CREATE INDEX mails_queued ON mails (due_at) WHERE state = 'queued';
CREATE INDEX mails_account ON mails (account_id, id);
CREATE INDEX mails_created ON mails (created_at);

ALTER TABLE users ADD COLUMN digest text NOT NULL DEFAULT ''; -- how often invitations that wait are told by mail: '' = weekly, daily, off
ALTER TABLE users ADD COLUMN digest_at timestamp; -- when they were told last
ALTER TABLE users ADD COLUMN mail_key text NOT NULL DEFAULT ''; -- stands in mails, and ends the digest
CREATE INDEX users_mail_key ON users (mail_key) WHERE mail_key <> '';
