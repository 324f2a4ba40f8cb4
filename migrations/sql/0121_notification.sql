-- +goose Up
-- Notifications by groups, and those that are held back until their reader wants
-- to hear who they are from.
ALTER TABLE notifications ADD COLUMN group_key text NOT NULL DEFAULT ''; -- '' stands alone
ALTER TABLE notifications ADD COLUMN filtered boolean NOT NULL DEFAULT false;
CREATE INDEX notifications_group ON notifications (account_id, group_key, id) WHERE group_key <> '';
CREATE INDEX notifications_filtered ON notifications (account_id, from_id) WHERE filtered;

CREATE TABLE notification_policies (
	account_id bigint PRIMARY KEY,
	for_not_following text NOT NULL, -- each is accept, filter or drop
	for_not_followers text NOT NULL,
	for_new_accounts text NOT NULL,
	for_private_mentions text NOT NULL,
	for_limited_accounts text NOT NULL
);

CREATE TABLE notification_requests (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL,
	from_id bigint NOT NULL,
	last_post_id bigint NOT NULL DEFAULT 0,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL,
	UNIQUE (account_id, from_id)
);
CREATE INDEX notification_requests_from ON notification_requests (from_id);

CREATE TABLE notification_permissions (
	account_id bigint NOT NULL,
	from_id bigint NOT NULL, -- who may tell whatever the policy says
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, from_id)
);
