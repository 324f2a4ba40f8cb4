-- +goose Up

ALTER TABLE polls ADD COLUMN news_at timestamp; -- of one elsewhere: when its origin last said how it stands, or was last asked
