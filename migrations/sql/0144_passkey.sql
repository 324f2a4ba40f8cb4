-- +goose Up
CREATE TABLE passkeys (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	name text NOT NULL,
	credential text NOT NULL UNIQUE, -- its ID, base64url
	data text NOT NULL, -- JSON: its public key, and what is known of it
	created_at timestamp NOT NULL,
	last_used_at timestamp
);
CREATE INDEX passkeys_account ON passkeys (account_id, id);

-- Ceremonies that were begun, each for one answer.
CREATE TABLE ceremonies (
	id text PRIMARY KEY, -- hex sha2-256 of the handle
	account_id bigint NOT NULL DEFAULT 0, -- 0: whoever answers
	adds boolean NOT NULL DEFAULT false, -- a passkey, in place of signing in with one
	data text NOT NULL, -- JSON
	ends_at timestamp NOT NULL
);
