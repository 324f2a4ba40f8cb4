-- +goose Up
-- What an admin decided about other servers, and what became of that.
CREATE TABLE domain_rules (
	id bigint PRIMARY KEY,
	domain text NOT NULL UNIQUE, -- in ASCII and lower case; what lies below it too
	severity text NOT NULL, -- suspend, silence or noop
	reject_media boolean NOT NULL DEFAULT false,
	reject_reports boolean NOT NULL DEFAULT false,
	private_comment text NOT NULL DEFAULT '',
	public_comment text NOT NULL DEFAULT '',
	obfuscate boolean NOT NULL DEFAULT false,
	list_id bigint NOT NULL DEFAULT 0, -- the list that it came by and that may change it; 0: an admin's
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL
);

CREATE TABLE domain_allows (
	id bigint PRIMARY KEY,
	domain text NOT NULL UNIQUE,
	created_at timestamp NOT NULL
);

CREATE TABLE domain_lists (
	id bigint PRIMARY KEY,
	url text NOT NULL UNIQUE,
	state text NOT NULL DEFAULT 'new', -- new, good or failed
	last_error text NOT NULL DEFAULT '',
	entries integer NOT NULL DEFAULT 0, -- when it was last good
	fetched_at timestamp,
	next_at timestamp NOT NULL,
	created_at timestamp NOT NULL
);

-- Follows that a block ended, so that people can be told and an undo can ask anew.
CREATE TABLE severed (
	id bigint PRIMARY KEY,
	domain text NOT NULL, -- of the rule
	account_id bigint NOT NULL, -- who lives here
	target_id bigint NOT NULL, -- who lives there
	follower boolean NOT NULL, -- they followed us; else we followed them
	uri text NOT NULL,
	accepted boolean NOT NULL,
	show_boosts boolean NOT NULL,
	notify boolean NOT NULL,
	created_at timestamp NOT NULL,
	restored_at timestamp
);
CREATE INDEX severed_target ON severed (target_id);
CREATE INDEX severed_account ON severed (account_id, id);

ALTER TABLE accounts ADD COLUMN limited boolean NOT NULL DEFAULT false; -- by a moderator
ALTER TABLE accounts ADD COLUMN sensitized boolean NOT NULL DEFAULT false; -- all its media are sensitive
ALTER TABLE accounts ADD COLUMN by_domain text NOT NULL DEFAULT ''; -- suspend or silence, by the rule for its server
ALTER TABLE accounts ADD COLUMN no_media boolean NOT NULL DEFAULT false; -- by the rule for its server
