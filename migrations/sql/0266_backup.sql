-- +goose Up
-- Backups that were made, and whether they would bring everything back.
CREATE TABLE backups (
	id bigint PRIMARY KEY,
	state text NOT NULL, -- waiting, running, checking, done, failed or interrupted
	busy boolean NOT NULL DEFAULT false, -- somebody works on it, or is about to
	auto boolean NOT NULL DEFAULT false, -- by the schedule
	outside boolean NOT NULL DEFAULT false, -- by a command, and kept elsewhere
	by_id bigint NOT NULL DEFAULT 0,
	file text NOT NULL DEFAULT '', -- its name in the folder of backups
	size bigint NOT NULL DEFAULT 0,
	program text NOT NULL DEFAULT '', -- version
	dialect text NOT NULL DEFAULT '',
	version bigint NOT NULL DEFAULT 0, -- of the schema
	files bigint NOT NULL DEFAULT 0, -- uploads in it
	code text NOT NULL DEFAULT '', -- why it failed
	error text NOT NULL DEFAULT '', -- the same as a sentence
	proof text NOT NULL DEFAULT '', -- restored, read or bad; '' if nobody looked yet
	proof_error text NOT NULL DEFAULT '', -- why it is bad, or only read
	created_at timestamp NOT NULL,
	beat_at timestamp, -- when whoever works on it was last alive
	finished_at timestamp,
	proved_at timestamp
);
CREATE UNIQUE INDEX backups_busy ON backups (busy) WHERE busy;
