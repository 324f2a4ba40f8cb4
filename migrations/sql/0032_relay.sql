-- +goose Up
CREATE TABLE relays (
	id bigint PRIMARY KEY,
	address text NOT NULL UNIQUE, -- as the admin gave it: an inbox, or an actor
	style text NOT NULL, -- mastodon or litepub
	inbox text NOT NULL,
	actor text NOT NULL DEFAULT '', -- who speaks for it; '' until it has answered
	follow_uri text NOT NULL UNIQUE, -- our Follow
	state text NOT NULL, -- asked, accepted or refused
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL
);
CREATE INDEX relays_actor ON relays (actor);
