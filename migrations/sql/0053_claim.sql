-- +goose Up
-- Who says of a post of somebody else's that their work is in it, and what came of
-- that, as the claimant's server and the owner's each know it.
CREATE TABLE credit_claims (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	offer_uri text NOT NULL UNIQUE, -- what an answer names
	account_id bigint NOT NULL REFERENCES accounts, -- the claimant
	owner_id bigint NOT NULL REFERENCES accounts, -- the first author
	post_id bigint NOT NULL DEFAULT 0, -- here; it may be gone
	post_uri text NOT NULL,
	label text NOT NULL,
	source text NOT NULL DEFAULT '', -- a link to where it is from
	words text NOT NULL DEFAULT '', -- plain text
	gist text NOT NULL, -- hash of what the post said
	state text NOT NULL,
	code text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '',
	escalate_at timestamp NOT NULL, -- when silence is the moderators' affair
	escalated_at timestamp,
	expires_at timestamp NOT NULL,
	answered_at timestamp,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL
);
-- One open claim per person and post.
CREATE UNIQUE INDEX credit_claims_open ON credit_claims (account_id, post_uri) WHERE state IN ('sent', 'delivered');
CREATE INDEX credit_claims_account ON credit_claims (account_id, id);
CREATE INDEX credit_claims_owner ON credit_claims (owner_id, id);
CREATE INDEX credit_claims_post ON credit_claims (post_uri);
CREATE INDEX credit_claims_state ON credit_claims (state, escalate_at);

CREATE TABLE claim_events (
	id bigint PRIMARY KEY,
	claim_id bigint NOT NULL REFERENCES credit_claims,
	seq integer NOT NULL,
	at timestamp NOT NULL,
	actor text NOT NULL,
	what text NOT NULL,
	code text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '',
	previous text NOT NULL,
	hash text NOT NULL,
	UNIQUE (claim_id, seq)
);

ALTER TABLE notifications ADD COLUMN claim_id bigint NOT NULL DEFAULT 0;
