-- +goose Up
-- Who has a new account, as both accounts say. Its followers who live here are
-- carried over a batch at a time.
CREATE TABLE moves (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL UNIQUE, -- who moved
	target_id bigint NOT NULL,
	host text NOT NULL, -- the server that said so
	carried_at timestamp, -- NULL while followers are left
	created_at timestamp NOT NULL
);
CREATE INDEX moves_target ON moves (target_id, created_at);
CREATE INDEX moves_host ON moves (host, created_at);

ALTER TABLE accounts ADD COLUMN moved_at timestamp;
ALTER TABLE authors ADD COLUMN claimed_at timestamp; -- under this stamp, first
ALTER TABLE stamps ADD COLUMN replaces text NOT NULL DEFAULT '';
ALTER TABLE invites ADD COLUMN former_id bigint NOT NULL DEFAULT 0;
ALTER TABLE invites ADD COLUMN replaces text NOT NULL DEFAULT '';
