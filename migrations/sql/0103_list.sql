-- +goose Up
CREATE TABLE lists (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	title text NOT NULL,
	replies_policy text NOT NULL DEFAULT 'list', -- followed, list or none
	exclusive boolean NOT NULL DEFAULT false, -- who is on it is not at home
	created_at timestamp NOT NULL
);
CREATE INDEX lists_account ON lists (account_id, id);

CREATE TABLE list_members (
	list_id bigint NOT NULL REFERENCES lists ON DELETE CASCADE,
	account_id bigint NOT NULL REFERENCES accounts,
	PRIMARY KEY (list_id, account_id)
);
CREATE INDEX list_members_account ON list_members (account_id);
