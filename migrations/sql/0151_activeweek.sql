-- +goose Up
-- In which weeks somebody who lives here came.
CREATE TABLE active_weeks (
	week integer NOT NULL, -- since 1970, from Thursday to Thursday, UTC
	account_id bigint NOT NULL,
	PRIMARY KEY (week, account_id)
);
