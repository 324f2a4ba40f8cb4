-- +goose Up
-- What many talk about, as it was counted last. No row says who.
CREATE TABLE trends (
	kind text NOT NULL, -- tag, status, link
	position integer NOT NULL,
	name text NOT NULL DEFAULT '', -- of a tag
	item_id bigint NOT NULL DEFAULT 0, -- of a post or a card
	score double precision NOT NULL,
	PRIMARY KEY (kind, position)
);

CREATE TABLE trend_denials ( -- what an admin does not want there
	kind text NOT NULL,
	name text NOT NULL,
	item_id bigint NOT NULL,
	created_at timestamp NOT NULL,
	PRIMARY KEY (kind, name, item_id)
);
