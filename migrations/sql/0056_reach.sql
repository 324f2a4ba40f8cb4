-- +goose Up

CREATE TABLE reaches (
	post_id bigint NOT NULL,
	account_id bigint NOT NULL, -- the author who is told
	measure text NOT NULL,
	people integer NOT NULL DEFAULT 0, -- how many there were when shown last changed; told to nobody
	shown integer NOT NULL DEFAULT 0,
	day text NOT NULL, -- of the last look, UTC
	PRIMARY KEY (post_id, account_id, measure)
);
