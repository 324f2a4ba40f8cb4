-- +goose Up
-- Lists of people, servers and posts that somebody brought along from elsewhere, a
-- row a line.
CREATE TABLE imports (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	kind text NOT NULL, -- following, blocking, muting, domain_blocking, lists, bookmarks
	overwrite boolean NOT NULL DEFAULT false, -- what the file does not name is taken away first
	state text NOT NULL, -- waiting, running, finished, stopped
	total integer NOT NULL DEFAULT 0,
	created_at timestamp NOT NULL,
	finished_at timestamp
);
CREATE INDEX imports_account ON imports (account_id, id);
CREATE INDEX imports_open ON imports (id) WHERE finished_at IS NULL;

CREATE TABLE import_rows (
	import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
	line integer NOT NULL, -- of the file, from 1
	item text NOT NULL, -- JSON
	state text NOT NULL DEFAULT 'waiting', -- waiting, done, failed
	attempts integer NOT NULL DEFAULT 0,
	code text NOT NULL DEFAULT '',
	error text NOT NULL DEFAULT '', -- a sentence
	PRIMARY KEY (import_id, line)
);
CREATE INDEX import_rows_state ON import_rows (import_id, state, attempts, line);
