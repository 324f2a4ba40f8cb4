-- +goose Up
ALTER TABLE users ADD COLUMN country text NOT NULL DEFAULT ''; -- ISO 3166-1 alpha-2, as the person chose it

CREATE TABLE sunsets ( -- features that are switched off, or were
	feature text PRIMARY KEY,
	off_at timestamp, -- NULL: it is on
	final_at timestamp -- from then on, what was converted stays so
);

CREATE TABLE rollout_changes ( -- who changed what about a feature that is tried out
	id bigint PRIMARY KEY,
	feature text NOT NULL,
	actor text NOT NULL, -- an account's address, or the operator's name at the command line
	before text NOT NULL,
	after text NOT NULL,
	at timestamp NOT NULL
);
CREATE INDEX rollout_changes_feature ON rollout_changes (feature, id);

ALTER TABLE collabs ADD COLUMN suspended_at timestamp; -- its names do not stand while the feature is off
ALTER TABLE collabs ADD COLUMN final_at timestamp; -- of a suspended one: until then it can be restored
CREATE INDEX collabs_suspended ON collabs (final_at) WHERE final_at IS NOT NULL;
