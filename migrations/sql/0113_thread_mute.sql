-- +goose Up
-- Threads of which somebody wants to hear no more.
CREATE TABLE thread_mutes (
	account_id bigint NOT NULL,
	thread_id bigint NOT NULL,
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, thread_id)
);
CREATE INDEX thread_mutes_thread ON thread_mutes (thread_id);
