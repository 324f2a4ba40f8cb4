-- +goose Up
ALTER TABLE accounts ADD COLUMN avatar_alt text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN header_alt text NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN attribution_domains text; -- JSON: web sites that may name the account as an author
ALTER TABLE accounts ADD COLUMN hide_media boolean NOT NULL DEFAULT false; -- no tab of media on the profile
ALTER TABLE accounts ADD COLUMN hide_media_replies boolean NOT NULL DEFAULT false; -- none of replies in that tab
ALTER TABLE accounts ADD COLUMN hide_featured boolean NOT NULL DEFAULT false; -- no tab of what is featured
