-- +goose Up
-- Servers that one person wants to have nothing to do with.
CREATE TABLE account_domain_blocks (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL REFERENCES accounts,
	domain text NOT NULL, -- in ASCII and lower case; what lies below it is another
	created_at timestamp NOT NULL,
	UNIQUE (account_id, domain)
);
