-- +goose Up
-- Whom somebody recommends on their profile.
CREATE TABLE endorsements (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	target_id bigint NOT NULL REFERENCES accounts,
	created_at timestamp NOT NULL,
	UNIQUE (account_id, target_id)
);
CREATE INDEX endorsements_target ON endorsements (target_id);

-- Whom somebody does not want to be suggested.
CREATE TABLE dismissals (
	account_id bigint NOT NULL REFERENCES accounts,
	target_id bigint NOT NULL REFERENCES accounts,
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, target_id)
);
CREATE INDEX dismissals_target ON dismissals (target_id);

CREATE INDEX accounts_popular ON accounts (followers_count) WHERE discoverable;
CREATE INDEX accounts_active ON accounts (last_post_at) WHERE discoverable;
