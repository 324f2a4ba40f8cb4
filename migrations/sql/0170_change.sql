-- +goose Up
-- What lately committed transactions changed of what processes remember. xid is that of
-- PostgreSQL; on SQLite, where one writes at a time, a number that grows.
CREATE TABLE changes (
	xid bigint PRIMARY KEY,
	refs text NOT NULL, -- letters and numbers: see models/store
	at timestamp NOT NULL
);
CREATE INDEX changes_at ON changes (at);
