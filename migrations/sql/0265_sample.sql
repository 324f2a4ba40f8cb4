-- +goose Up
-- How the server did, every five minutes: for plots, and for two weeks.
CREATE TABLE samples (
	slot bigint PRIMARY KEY, -- of five minutes, since 1970
	task_age bigint NOT NULL, -- seconds that the oldest task had waited
	tasks bigint NOT NULL, -- that could have been worked
	delivery_age bigint NOT NULL,
	deliveries bigint NOT NULL,
	memory bigint NOT NULL, -- bytes
	database_size bigint NOT NULL,
	media_size bigint NOT NULL,
	cache_size bigint NOT NULL,
	disk_free bigint NOT NULL -- 0 if it cannot be told
);
