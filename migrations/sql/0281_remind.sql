-- +goose Up
-- When somebody who has not answered an invitation was reminded of it by who sent it.
ALTER TABLE invites ADD COLUMN reminded_at timestamp;
