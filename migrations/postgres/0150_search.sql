-- +goose Up
-- What search looks through. Texts are cut into words, without accents and case, by
-- the program, so that no extension is needed. Marks, what is known of a post, begin
-- with a #, which is in no word.
CREATE TABLE post_words (
	post_id bigint PRIMARY KEY,
	words tsvector NOT NULL
);
-- What waits to be put into the index is read by each search: it stays small.
CREATE INDEX post_words_words ON post_words USING gin (words) WITH (gin_pending_list_limit = 256);

CREATE TABLE account_words (
	account_id bigint PRIMARY KEY,
	words tsvector NOT NULL
);
CREATE INDEX account_words_words ON account_words USING gin (words) WITH (gin_pending_list_limit = 256);

CREATE INDEX post_tags_prefix ON post_tags (tag text_pattern_ops);

-- Where there are posts or accounts already, the server goes through them after its start.
INSERT INTO settings (name, value) SELECT 'search.unindexed', CAST(max(id) + 1 AS text) FROM posts HAVING max(id) > 0;
INSERT INTO settings (name, value) SELECT 'search.unnamed', CAST(max(id) + 1 AS text) FROM accounts HAVING max(id) > 0;
