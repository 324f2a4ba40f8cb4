-- +goose Up
-- Who asked for an account. What they said for it is forgotten once they are in.
CREATE TABLE sign_ups (
	account_id bigint PRIMARY KEY REFERENCES accounts,
	client_id text NOT NULL DEFAULT '', -- the app it was done with
	email text NOT NULL, -- in lower case; it counts as theirs once it is confirmed
	reason text NOT NULL DEFAULT '',
	address text NOT NULL DEFAULT '', -- from where
	needs_approval boolean NOT NULL DEFAULT false,
	confirmed_at timestamp,
	approved_at timestamp,
	done_at timestamp, -- since when the account is active
	created_at timestamp NOT NULL
);
CREATE INDEX sign_ups_address ON sign_ups (address, created_at);

-- Secrets that were sent by mail: each opens one thing, once.
CREATE TABLE links (
	hash text PRIMARY KEY, -- hex sha2-256 of the secret
	account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
	kind text NOT NULL, -- confirm, new_address, reset
	email text NOT NULL DEFAULT '', -- the address that it was sent to
	ends_at timestamp NOT NULL,
	created_at timestamp NOT NULL
);
CREATE INDEX links_account ON links (account_id, kind);
CREATE INDEX links_ends ON links (ends_at);

-- Codes that let people sign up.
CREATE TABLE invite_codes (
	id bigint PRIMARY KEY,
	code text NOT NULL UNIQUE,
	account_id bigint NOT NULL DEFAULT 0, -- who made it; 0 for the command line
	max_uses integer NOT NULL DEFAULT 0, -- 0: any number
	uses integer NOT NULL DEFAULT 0,
	expires_at timestamp,
	revoked_at timestamp,
	created_at timestamp NOT NULL
);

CREATE TABLE email_domain_blocks (
	id bigint PRIMARY KEY,
	domain text NOT NULL UNIQUE, -- in lower case; those below it are meant, too
	allow_with_approval boolean NOT NULL DEFAULT false,
	created_at timestamp NOT NULL
);

CREATE TABLE ip_blocks (
	id bigint PRIMARY KEY,
	ip text NOT NULL UNIQUE, -- a network in CIDR form
	severity text NOT NULL, -- sign_up_requires_approval, sign_up_block, no_access
	comment text NOT NULL DEFAULT '',
	expires_at timestamp,
	created_at timestamp NOT NULL
);
