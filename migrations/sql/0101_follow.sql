-- +goose Up
ALTER TABLE follows ADD COLUMN languages text; -- JSON; NULL: all
CREATE INDEX follows_languages ON follows (account_id, target_id) WHERE languages IS NOT NULL;
CREATE INDEX follows_notify ON follows (target_id) WHERE notify;
