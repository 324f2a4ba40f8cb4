-- +goose Up
-- Which changes those who are asked to stand under a work would like before they answer.
CREATE TABLE change_requests (
	id bigint PRIMARY KEY,
	collab_id bigint NOT NULL REFERENCES collabs,
	account_id bigint NOT NULL REFERENCES accounts,
	revision integer NOT NULL, -- the one it is about
	words text NOT NULL, -- what they say of it
	wording text NOT NULL DEFAULT '', -- the whole text as they would have it; '' if they do not say
	created_at timestamp NOT NULL
);
CREATE INDEX change_requests_collab ON change_requests (collab_id, id);
-- Every page counts what waits for an answer.
CREATE INDEX invites_waiting ON invites (account_id) WHERE state IN ('sent', 'delivered', 'seen', 'reapproval');
CREATE INDEX interactions_waiting ON interactions (target_account_id) WHERE state = 'pending';
