-- +goose Up
-- What a web page says of itself, kept once however many posts link it.
CREATE TABLE cards (
	id bigint PRIMARY KEY,
	url text NOT NULL UNIQUE, -- as it is linked
	state text NOT NULL, -- waiting, ready, none
	title text NOT NULL DEFAULT '',
	description text NOT NULL DEFAULT '',
	language text NOT NULL DEFAULT '',
	author_name text NOT NULL DEFAULT '',
	author_url text NOT NULL DEFAULT '',
	provider_name text NOT NULL DEFAULT '',
	provider_url text NOT NULL DEFAULT '',
	image text NOT NULL DEFAULT '', -- an address
	image_alt text NOT NULL DEFAULT '',
	width integer NOT NULL DEFAULT 0, -- pixels, as the page says
	height integer NOT NULL DEFAULT 0,
	published_at timestamp,
	attempts integer NOT NULL DEFAULT 0,
	error text NOT NULL DEFAULT '',
	due_at timestamp, -- when to ask the page; NULL = not at all
	fetched_at timestamp,
	created_at timestamp NOT NULL
);
CREATE INDEX cards_due ON cards (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE post_cards (
	post_id bigint PRIMARY KEY,
	card_id bigint NOT NULL
);
CREATE INDEX post_cards_card ON post_cards (card_id);
