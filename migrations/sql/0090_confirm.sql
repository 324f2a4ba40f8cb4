-- +goose Up
-- Who was asked to confirm a credit by signing in at their own server, and what
-- they confirmed.
CREATE TABLE confirmations (
	id bigint PRIMARY KEY,
	post_id bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
	account_id bigint NOT NULL REFERENCES accounts,
	inviter_id bigint NOT NULL REFERENCES accounts,
	label text NOT NULL DEFAULT '', -- what the credit is for
	state text NOT NULL, -- asked, confirmed, withdrawn, cancelled
	link_hash text NOT NULL DEFAULT '', -- hex sha2-256 of the link's secret; '' once it was used
	link_ends timestamp NOT NULL,
	digest text NOT NULL DEFAULT '', -- of the text that was confirmed
	confirmed_at timestamp,
	ended_at timestamp,
	created_at timestamp NOT NULL,
	UNIQUE (post_id, account_id)
);
CREATE INDEX confirmations_link ON confirmations (link_hash);
CREATE INDEX confirmations_inviter ON confirmations (inviter_id, created_at);

-- Sign-ins that are under way at other servers: gone when they end.
CREATE TABLE sign_ins (
	id text PRIMARY KEY, -- hex sha2-256 of the state
	confirmation_id bigint NOT NULL REFERENCES confirmations ON DELETE CASCADE,
	browser text NOT NULL, -- hex sha2-256 of its cookie
	withdraws boolean NOT NULL DEFAULT false,
	digest text NOT NULL DEFAULT '', -- of the text as it was shown
	link_hash text NOT NULL DEFAULT '', -- the link it began with
	client_id text NOT NULL,
	client_secret text NOT NULL,
	verifier text NOT NULL, -- PKCE
	redirect text NOT NULL,
	expires_at timestamp NOT NULL
);
CREATE INDEX sign_ins_expires ON sign_ins (expires_at);
