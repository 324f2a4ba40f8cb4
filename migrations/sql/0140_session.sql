-- +goose Up
ALTER TABLE sessions ADD COLUMN address text NOT NULL DEFAULT ''; -- from where it signed in
