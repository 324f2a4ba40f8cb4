-- +goose Up
CREATE INDEX outbounds_deletes ON outbounds (account_id, id) WHERE verb = 'Delete'; -- which servers confirmed a deletion
