-- +goose Up
-- Everything that somebody has here, put together for them to keep.
CREATE TABLE archives (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	state text NOT NULL, -- waiting, ready, failed, expired
	key text NOT NULL DEFAULT '', -- in files
	size bigint NOT NULL DEFAULT 0, -- bytes
	error text NOT NULL DEFAULT '', -- a sentence
	created_at timestamp NOT NULL,
	ready_at timestamp,
	expires_at timestamp
);
CREATE INDEX archives_account ON archives (account_id, id);
CREATE INDEX archives_expiry ON archives (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX archives_waiting ON archives (id) WHERE state = 'waiting';
