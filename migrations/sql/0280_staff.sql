-- +goose Up
-- Of what moderators do not want to be told by mail: words of reports, appeals and
-- sign_ups, separated by blanks.
ALTER TABLE users ADD COLUMN staff_mail_off text NOT NULL DEFAULT '';
