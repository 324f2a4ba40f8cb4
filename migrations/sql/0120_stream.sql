-- +goose Up
-- What processes tell each other for their clients' streams, kept some minutes for
-- one whose connection was lost. SQLite has one process, and no rows here.
CREATE TABLE stream_events (
	id bigint PRIMARY KEY,
	body text NOT NULL, -- JSON, IDs alone
	created_at timestamp NOT NULL
);
CREATE INDEX stream_events_created ON stream_events (created_at);
