-- +goose Up
-- What people sign in with beside a password.
CREATE TABLE factors (
	account_id bigint PRIMARY KEY REFERENCES accounts,
	secret text NOT NULL DEFAULT '', -- TOTP (RFC 6238), base32; '' = none
	since timestamp, -- when it was confirmed
	step bigint NOT NULL DEFAULT 0, -- of the last code that was taken: none is taken twice
	wanted text NOT NULL DEFAULT '', -- a secret that is being set up
	wanted_at timestamp
);

CREATE TABLE recovery_codes (
	hash text PRIMARY KEY, -- hex sha2-256 of the account and the code
	account_id bigint NOT NULL REFERENCES accounts,
	used_at timestamp
);
CREATE INDEX recovery_codes_account ON recovery_codes (account_id);

-- Sign-ins whose password was right, and whose second step is still to come.
CREATE TABLE half_sign_ins (
	id text PRIMARY KEY, -- hex sha2-256 of the cookie
	account_id bigint NOT NULL,
	ends_at timestamp NOT NULL
);
