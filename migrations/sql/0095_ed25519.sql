-- +goose Up
ALTER TABLE peers ADD COLUMN verifies boolean NOT NULL DEFAULT false; -- it says that it verifies RFC 9421 (FEP-844e)
ALTER TABLE peers ADD COLUMN multikeys boolean NOT NULL DEFAULT false; -- some actor there has an Ed25519 key
ALTER TABLE peers ADD COLUMN multikey_refused_at timestamp; -- when it took RSA in place of Ed25519
