-- +goose Up
-- Posts that wait for their time. A row goes when its post is published, in the same
-- transaction.
CREATE TABLE scheduled_posts (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	app_id bigint NOT NULL DEFAULT 0,
	draft text NOT NULL, -- JSON
	at timestamp NOT NULL,
	code text NOT NULL DEFAULT '', -- why it could not be published; '' while it waits
	reason text NOT NULL DEFAULT '',
	created_at timestamp NOT NULL
);
CREATE INDEX scheduled_posts_account ON scheduled_posts (account_id, id);
CREATE INDEX scheduled_posts_due ON scheduled_posts (at) WHERE code = '';

CREATE TABLE scheduled_media (
	media_id bigint NOT NULL,
	scheduled_id bigint NOT NULL REFERENCES scheduled_posts,
	PRIMARY KEY (media_id, scheduled_id)
);
CREATE INDEX scheduled_media_post ON scheduled_media (scheduled_id);

ALTER TABLE collabs ADD COLUMN publish_at timestamp; -- not before this
CREATE INDEX collabs_publish ON collabs (publish_at) WHERE publish_at IS NOT NULL;
