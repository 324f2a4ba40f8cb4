-- +goose Up
-- What moderators did to people who live here and said to them, and how many follows
-- somebody lost at once, as their notifications tell it.
CREATE TABLE warnings (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL, -- who was warned
	by_id bigint NOT NULL, -- 0: the command line
	action text NOT NULL, -- none, sensitive, silence, disable or suspend
	text text NOT NULL,
	post_ids text, -- JSON
	report_id bigint NOT NULL DEFAULT 0,
	created_at timestamp NOT NULL
);
CREATE INDEX warnings_account ON warnings (account_id, id);

CREATE TABLE severances (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL,
	kind text NOT NULL, -- domain_block or user_domain_block
	target_name text NOT NULL, -- the domain
	followers integer NOT NULL, -- that the account lost
	following integer NOT NULL, -- whom it followed
	created_at timestamp NOT NULL
);
CREATE INDEX severances_account ON severances (account_id, id);

ALTER TABLE notifications ADD COLUMN warning_id bigint NOT NULL DEFAULT 0;
ALTER TABLE notifications ADD COLUMN severance_id bigint NOT NULL DEFAULT 0;
