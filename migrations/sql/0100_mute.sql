-- +goose Up
-- Whom somebody does not want to hear for a while, or ever.
CREATE TABLE mutes (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	target_id bigint NOT NULL REFERENCES accounts,
	hide_notifications boolean NOT NULL DEFAULT true,
	expires_at timestamp, -- NULL: it stays
	created_at timestamp NOT NULL,
	UNIQUE (account_id, target_id)
);
CREATE INDEX mutes_target ON mutes (target_id);
CREATE INDEX mutes_expiry ON mutes (expires_at) WHERE expires_at IS NOT NULL;

-- What somebody wrote down for themselves about another account.
CREATE TABLE account_notes (
	account_id bigint NOT NULL REFERENCES accounts,
	target_id bigint NOT NULL REFERENCES accounts,
	comment text NOT NULL, -- plain text
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, target_id)
);
CREATE INDEX account_notes_target ON account_notes (target_id);
