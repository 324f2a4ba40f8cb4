-- +goose Up
-- What search looks through. Texts are cut into words, without accents and case, by
-- the program: spaces are all that this tokenizer has to know. A row's number is the
-- ID of the post or the account; its text is not kept a second time.
CREATE VIRTUAL TABLE post_words USING fts5 (
	words, -- in their order, with a ¶ between texts
	marks, -- what is known of the post: who wrote it, what is in it, who may find it
	content = '', contentless_delete = 1, tokenize = 'ascii'
);

CREATE VIRTUAL TABLE account_words USING fts5 (
	words, -- of the handle and of the name
	content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3'
);

-- Where there are posts or accounts already, the server goes through them after its start.
INSERT INTO settings (name, value) SELECT 'search.unindexed', CAST(max(id) + 1 AS text) FROM posts WHERE id > 0 HAVING max(id) > 0;
INSERT INTO settings (name, value) SELECT 'search.unnamed', CAST(max(id) + 1 AS text) FROM accounts WHERE id > 0 HAVING max(id) > 0;
