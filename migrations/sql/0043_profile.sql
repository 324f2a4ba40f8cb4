-- +goose Up
ALTER TABLE accounts ADD COLUMN memorial boolean NOT NULL DEFAULT false; -- its owner died
ALTER TABLE accounts ADD COLUMN hide_collections boolean NOT NULL DEFAULT false; -- whom it follows, and who follows it, is nobody's business
