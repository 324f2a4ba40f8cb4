-- +goose Up
-- What was said against whom, by people here and by other servers, and what
-- moderators did about that and about everything else.
CREATE TABLE reports (
	id bigint PRIMARY KEY,
	uri text NOT NULL, -- of the Flag; one Flag may be about several accounts
	host text NOT NULL DEFAULT '', -- the server that says it; '' for people who live here
	account_id bigint NOT NULL, -- who reports; of another server, whoever signs for it
	target_id bigint NOT NULL,
	post_ids text, -- JSON
	category text NOT NULL DEFAULT 'other',
	comment text NOT NULL DEFAULT '', -- plain text
	rule_ids text, -- JSON
	forwards text, -- JSON: which servers were told, and by which Flag
	state text NOT NULL DEFAULT 'open',
	assigned_id bigint NOT NULL DEFAULT 0,
	closed_by bigint NOT NULL DEFAULT 0,
	closed_at timestamp,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL,
	UNIQUE (uri, target_id)
);
CREATE INDEX reports_state ON reports (state, id);
CREATE INDEX reports_target ON reports (target_id, id);
CREATE INDEX reports_host ON reports (host, id);
CREATE INDEX reports_account ON reports (account_id, id);

CREATE TABLE moderation_log (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL DEFAULT 0, -- who did it; 0: the command line, or a task
	who text NOT NULL, -- their name at that time
	what text NOT NULL, -- machine code
	about text NOT NULL, -- a domain, an address, or the number of a report
	target_id bigint NOT NULL DEFAULT 0,
	reason text NOT NULL DEFAULT '',
	at timestamp NOT NULL
);
CREATE INDEX moderation_log_about ON moderation_log (about, id);
CREATE INDEX moderation_log_target ON moderation_log (target_id, id);

ALTER TABLE notifications ADD COLUMN report_id bigint NOT NULL DEFAULT 0;
