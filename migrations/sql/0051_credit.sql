-- +goose Up
-- What a credit is for: illustration, photo, music… '' for a co-author.
ALTER TABLE invites ADD COLUMN label text NOT NULL DEFAULT '';
ALTER TABLE stamps ADD COLUMN label text NOT NULL DEFAULT '';
ALTER TABLE authors ADD COLUMN label text NOT NULL DEFAULT '';
