-- +goose Up

CREATE TABLE polls (
	id bigint PRIMARY KEY, -- the post's
	account_id bigint NOT NULL, -- who asks
	local boolean NOT NULL DEFAULT false,
	options text, -- JSON, with the votes for each
	multiple boolean NOT NULL DEFAULT false,
	hide_totals boolean NOT NULL DEFAULT false,
	voters integer NOT NULL DEFAULT 0, -- people; -1 where the origin does not say
	expires_at timestamp,
	closed_at timestamp, -- when everybody here was told that it is over
	tell_at timestamp, -- when peers are to be told how it stands
	told_at timestamp,
	created_at timestamp NOT NULL
);
CREATE INDEX polls_due ON polls (expires_at) WHERE closed_at IS NULL;
CREATE INDEX polls_tell ON polls (tell_at) WHERE tell_at IS NOT NULL;

CREATE TABLE poll_votes (
	id bigint PRIMARY KEY,
	uri text NOT NULL,
	poll_id bigint NOT NULL,
	account_id bigint NOT NULL,
	choice integer NOT NULL, -- from 0
	created_at timestamp NOT NULL,
	UNIQUE (poll_id, account_id, choice)
);
CREATE INDEX poll_votes_account ON poll_votes (account_id, poll_id);

ALTER TABLE post_edits ADD COLUMN poll text; -- JSON
