-- +goose Up
-- Direct posts as clients list them: for each of those who live here, by thread and by
-- who else is in it.
CREATE TABLE conversations (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL, -- whose list it is in
	thread_id bigint NOT NULL,
	people text NOT NULL, -- IDs of the others, sorted
	last_post_id bigint NOT NULL,
	unread boolean NOT NULL DEFAULT false,
	UNIQUE (account_id, thread_id, people)
);
CREATE INDEX conversations_last ON conversations (account_id, last_post_id);
CREATE INDEX conversations_thread ON conversations (thread_id);

CREATE TABLE conversation_posts (
	conversation_id bigint NOT NULL REFERENCES conversations,
	post_id bigint NOT NULL,
	PRIMARY KEY (conversation_id, post_id)
);
CREATE INDEX conversation_posts_post ON conversation_posts (post_id);
