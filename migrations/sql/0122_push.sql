-- +goose Up
-- Where apps want notifications pushed to (RFC 8030), one for each token.
CREATE TABLE push_subscriptions (
	id bigint PRIMARY KEY,
	token_id bigint NOT NULL UNIQUE,
	account_id bigint NOT NULL,
	bearer text NOT NULL, -- the token itself: apps find their account by it
	endpoint text NOT NULL,
	p256dh bytea NOT NULL, -- the app's public key
	auth bytea NOT NULL, -- its secret
	alerts text, -- JSON: the types that are wanted
	policy text NOT NULL, -- from whom: all, followed, follower or none
	standard boolean NOT NULL DEFAULT false, -- RFC 8291; else its draft of 2016
	created_at timestamp NOT NULL
);
CREATE INDEX push_subscriptions_account ON push_subscriptions (account_id);
