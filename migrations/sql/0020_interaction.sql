-- +goose Up
-- Who may do what to a post, and the quotes, replies, likes and boosts for which
-- somebody's consent is needed.

ALTER TABLE posts ADD COLUMN policy text; -- JSON: interactionPolicy
ALTER TABLE posts ADD COLUMN quotes_count integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN quote_policy text NOT NULL DEFAULT 'public';
ALTER TABLE users ADD COLUMN duet_policy text NOT NULL DEFAULT ''; -- '' = as quotes

CREATE TABLE interactions (
	id bigint PRIMARY KEY,
	kind text NOT NULL, -- quote, reply, like, announce
	post_id bigint NOT NULL DEFAULT 0,
	account_id bigint NOT NULL,
	object_uri text NOT NULL,
	target_uri text NOT NULL,
	target_id bigint NOT NULL DEFAULT 0,
	target_account_id bigint NOT NULL DEFAULT 0,
	request_uri text NOT NULL DEFAULT '',
	stamp text NOT NULL DEFAULT '',
	state text NOT NULL,
	code text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '',
	derivation text NOT NULL DEFAULT '',
	legacy boolean NOT NULL DEFAULT false,
	held text NOT NULL DEFAULT '',
	tries integer NOT NULL DEFAULT 0,
	check_at timestamp,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL,
	UNIQUE (kind, object_uri, target_uri)
);
CREATE INDEX interactions_post ON interactions (post_id);
CREATE INDEX interactions_target ON interactions (target_id, kind, id);
CREATE INDEX interactions_target_uri ON interactions (target_uri);
CREATE INDEX interactions_stamp ON interactions (stamp);
CREATE INDEX interactions_request ON interactions (request_uri);
CREATE INDEX interactions_check ON interactions (check_at) WHERE check_at IS NOT NULL;
