-- +goose Up
-- Times are UTC, to the millisecond. IDs are minted by the program, in time order.
-- Texts that hold JSON say so. An ID of 0 means "none": such columns have no
-- foreign key, and the code that reads them knows.

CREATE TABLE accounts (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	username text NOT NULL,
	domain text NOT NULL DEFAULT '', -- '' for those who live here
	type text NOT NULL DEFAULT 'Person',
	display_name text NOT NULL DEFAULT '',
	note text NOT NULL DEFAULT '', -- sanitised HTML
	note_source text NOT NULL DEFAULT '',
	url text NOT NULL DEFAULT '',
	inbox text NOT NULL DEFAULT '',
	shared_inbox text NOT NULL DEFAULT '',
	outbox text NOT NULL DEFAULT '',
	followers text NOT NULL DEFAULT '',
	following text NOT NULL DEFAULT '',
	featured text NOT NULL DEFAULT '',
	avatar_url text NOT NULL DEFAULT '',
	header_url text NOT NULL DEFAULT '',
	fields text, -- JSON
	also_known_as text, -- JSON
	moved_to text NOT NULL DEFAULT '',
	locked boolean NOT NULL DEFAULT false,
	bot boolean NOT NULL DEFAULT false,
	system boolean NOT NULL DEFAULT false, -- the instance actor
	discoverable boolean NOT NULL DEFAULT false,
	indexable boolean NOT NULL DEFAULT false,
	collaborates text NOT NULL DEFAULT '', -- who may invite; '' = cannot be invited
	key_id text NOT NULL DEFAULT '',
	public_key text NOT NULL DEFAULT '', -- PEM
	assertions text, -- JSON
	state text NOT NULL DEFAULT 'active',
	followers_count integer NOT NULL DEFAULT 0,
	following_count integer NOT NULL DEFAULT 0,
	posts_count integer NOT NULL DEFAULT 0,
	last_post_at timestamp,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL,
	fetched_at timestamp
);
CREATE UNIQUE INDEX accounts_acct ON accounts (lower(username), domain);
CREATE INDEX accounts_key ON accounts (key_id);
CREATE INDEX accounts_url ON accounts (url);

CREATE TABLE users (
	account_id bigint PRIMARY KEY REFERENCES accounts,
	email text NOT NULL UNIQUE, -- in lower case
	password_hash text NOT NULL, -- argon2id, PHC form
	role text NOT NULL DEFAULT 'user',
	locale text NOT NULL DEFAULT 'en',
	privacy text NOT NULL DEFAULT 'public',
	sensitive boolean NOT NULL DEFAULT false,
	language text NOT NULL DEFAULT 'en',
	created_at timestamp NOT NULL
);

CREATE TABLE private_keys (
	account_id bigint PRIMARY KEY REFERENCES accounts,
	rsa text NOT NULL,
	ed25519 text NOT NULL
);

CREATE TABLE follows (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	account_id bigint NOT NULL REFERENCES accounts,
	target_id bigint NOT NULL REFERENCES accounts,
	accepted boolean NOT NULL DEFAULT false,
	show_boosts boolean NOT NULL DEFAULT true,
	notify boolean NOT NULL DEFAULT false,
	created_at timestamp NOT NULL,
	UNIQUE (account_id, target_id)
);
CREATE INDEX follows_target ON follows (target_id, id);
CREATE INDEX follows_account ON follows (account_id, id);

CREATE TABLE blocks (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	account_id bigint NOT NULL REFERENCES accounts,
	target_id bigint NOT NULL REFERENCES accounts,
	created_at timestamp NOT NULL,
	UNIQUE (account_id, target_id)
);
CREATE INDEX blocks_target ON blocks (target_id);

CREATE TABLE posts (
	id bigint PRIMARY KEY, -- minted when it was published
	uri text NOT NULL UNIQUE,
	url text NOT NULL DEFAULT '',
	account_id bigint NOT NULL REFERENCES accounts,
	local boolean NOT NULL DEFAULT false,
	in_reply_to_id bigint NOT NULL DEFAULT 0,
	in_reply_to_account_id bigint NOT NULL DEFAULT 0,
	in_reply_to_uri text NOT NULL DEFAULT '',
	thread_id bigint NOT NULL DEFAULT 0,
	content text NOT NULL DEFAULT '', -- sanitised HTML
	source text NOT NULL DEFAULT '',
	summary text NOT NULL DEFAULT '',
	sensitive boolean NOT NULL DEFAULT false,
	language text NOT NULL DEFAULT '',
	visibility text NOT NULL,
	attachments text, -- JSON
	mentions text, -- JSON
	tags text, -- JSON
	collab text NOT NULL DEFAULT '', -- IRI of the Collaboration it came of
	digest text NOT NULL DEFAULT '', -- contentDigest as computed here
	revision integer NOT NULL DEFAULT 0,
	hidden boolean NOT NULL DEFAULT false,
	likes_count integer NOT NULL DEFAULT 0,
	boosts_count integer NOT NULL DEFAULT 0,
	replies_count integer NOT NULL DEFAULT 0,
	counted boolean NOT NULL DEFAULT false, -- counts are the origin's word
	likes_at timestamp, -- of which time each of them is
	boosts_at timestamp,
	replies_at timestamp,
	published_at timestamp NOT NULL,
	edited_at timestamp,
	created_at timestamp NOT NULL
);
CREATE INDEX posts_account ON posts (account_id, id);
CREATE INDEX posts_thread ON posts (thread_id, id);
CREATE INDEX posts_reply ON posts (in_reply_to_id);
CREATE INDEX posts_url ON posts (url);
CREATE INDEX posts_public ON posts (id) WHERE visibility = 'public';
CREATE INDEX posts_local ON posts (id) WHERE local AND visibility = 'public';

CREATE TABLE post_edits (
	id bigint PRIMARY KEY,
	post_id bigint NOT NULL,
	content text NOT NULL,
	summary text NOT NULL,
	sensitive boolean NOT NULL,
	attachments text, -- JSON
	at timestamp NOT NULL
);
CREATE INDEX post_edits_post ON post_edits (post_id, id);

-- What is in front of whose followers. Reading a home timeline joins follows with
-- this; receiving a post writes one row, however many people live here.
CREATE TABLE feed (
	account_id bigint NOT NULL,
	id bigint NOT NULL,
	post_id bigint NOT NULL,
	kind text NOT NULL, -- post, coauthor, boost
	visibility text NOT NULL,
	reply boolean NOT NULL DEFAULT false,
	media boolean NOT NULL DEFAULT false,
	hidden boolean NOT NULL DEFAULT false,
	author_id bigint NOT NULL,
	PRIMARY KEY (account_id, id)
);
CREATE INDEX feed_id ON feed (id);
CREATE INDEX feed_post ON feed (post_id);

CREATE TABLE boosts (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	account_id bigint NOT NULL,
	post_id bigint NOT NULL,
	created_at timestamp NOT NULL,
	UNIQUE (account_id, post_id)
);
CREATE INDEX boosts_post ON boosts (post_id, id);

CREATE TABLE likes (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	account_id bigint NOT NULL,
	post_id bigint NOT NULL,
	created_at timestamp NOT NULL,
	UNIQUE (account_id, post_id)
);
CREATE INDEX likes_post ON likes (post_id, id);
CREATE INDEX likes_account ON likes (account_id, id);

CREATE TABLE bookmarks (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL,
	post_id bigint NOT NULL,
	created_at timestamp NOT NULL,
	UNIQUE (account_id, post_id)
);

CREATE INDEX bookmarks_account ON bookmarks (account_id, id);

CREATE TABLE post_mentions (
	post_id bigint NOT NULL,
	account_id bigint NOT NULL,
	PRIMARY KEY (post_id, account_id)
);
CREATE INDEX post_mentions_account ON post_mentions (account_id, post_id);

CREATE TABLE post_tags (
	tag text NOT NULL, -- in lower case
	post_id bigint NOT NULL,
	PRIMARY KEY (tag, post_id)
);
CREATE INDEX post_tags_post ON post_tags (post_id);

CREATE TABLE tombstones (
	uri text PRIMARY KEY,
	former_type text NOT NULL,
	deleted_at timestamp NOT NULL
);

CREATE TABLE notifications (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL, -- who is told
	from_id bigint NOT NULL,
	type text NOT NULL,
	post_id bigint NOT NULL DEFAULT 0,
	collab_id bigint NOT NULL DEFAULT 0,
	text text NOT NULL DEFAULT '',
	created_at timestamp NOT NULL
);
CREATE INDEX notifications_account ON notifications (account_id, id);
CREATE INDEX notifications_post ON notifications (post_id);

CREATE TABLE media (
	id bigint PRIMARY KEY,
	account_id bigint NOT NULL,
	post_id bigint NOT NULL DEFAULT 0,
	collab_id bigint NOT NULL DEFAULT 0,
	position integer NOT NULL DEFAULT 0,
	kind text NOT NULL DEFAULT '',
	content_type text NOT NULL DEFAULT '',
	key text NOT NULL DEFAULT '',
	thumb_key text NOT NULL DEFAULT '',
	secret text NOT NULL DEFAULT '', -- '' = no plain address opens it
	remote_url text NOT NULL DEFAULT '',
	alt text NOT NULL DEFAULT '',
	focus_x double precision NOT NULL DEFAULT 0,
	focus_y double precision NOT NULL DEFAULT 0,
	blurhash text NOT NULL DEFAULT '',
	width integer NOT NULL DEFAULT 0, -- pixels
	height integer NOT NULL DEFAULT 0,
	thumb_width integer NOT NULL DEFAULT 0,
	thumb_height integer NOT NULL DEFAULT 0,
	duration double precision NOT NULL DEFAULT 0, -- seconds
	fps double precision NOT NULL DEFAULT 0,
	size bigint NOT NULL DEFAULT 0, -- bytes
	digest text NOT NULL DEFAULT '',
	state text NOT NULL,
	error text NOT NULL DEFAULT '',
	created_at timestamp NOT NULL
);
CREATE INDEX media_collab ON media (collab_id);
CREATE INDEX media_post ON media (post_id);
CREATE INDEX media_account ON media (account_id, id);

CREATE TABLE collabs (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	post_uri text NOT NULL, -- unique only among the living: see collabs_post
	initiator_id bigint NOT NULL REFERENCES accounts,
	state text NOT NULL,
	quorum text NOT NULL,
	on_decline text NOT NULL,
	moderation text NOT NULL,
	allow_copy boolean NOT NULL DEFAULT false,
	revision integer NOT NULL,
	published integer NOT NULL DEFAULT 0,
	expires_at timestamp,
	remind_at timestamp,
	reduce_at timestamp,
	post_id bigint NOT NULL DEFAULT 0,
	outcome text NOT NULL DEFAULT '',
	text text NOT NULL DEFAULT '',
	outcome_at timestamp,
	created_at timestamp NOT NULL,
	updated_at timestamp NOT NULL
);
CREATE INDEX collabs_post ON collabs (post_uri);
CREATE INDEX collabs_initiator ON collabs (initiator_id, id);
CREATE INDEX collabs_expiry ON collabs (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE invites (
	id bigint PRIMARY KEY,
	collab_id bigint NOT NULL REFERENCES collabs,
	account_id bigint NOT NULL REFERENCES accounts,
	position integer NOT NULL,
	role text NOT NULL,
	state text NOT NULL,
	offer_uri text NOT NULL DEFAULT '',
	announce_uri text NOT NULL DEFAULT '',
	stamp text NOT NULL DEFAULT '',
	revision integer NOT NULL DEFAULT 0, -- the one they were last asked about
	covers_edits boolean NOT NULL DEFAULT false,
	reason_code text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '',
	sent_at timestamp,
	delivered_at timestamp,
	seen_at timestamp,
	answered_at timestamp,
	created_at timestamp NOT NULL,
	UNIQUE (collab_id, account_id)
);
CREATE INDEX invites_account ON invites (account_id, id);
CREATE INDEX invites_offer ON invites (offer_uri);

CREATE TABLE refusals ( -- who is never to be asked again by whom
	account_id bigint NOT NULL,
	target_id bigint NOT NULL,
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, target_id)
);

CREATE TABLE revisions (
	id bigint PRIMARY KEY,
	collab_id bigint NOT NULL REFERENCES collabs,
	number integer NOT NULL,
	note text, -- JSON; NULL once purged
	source text NOT NULL DEFAULT '',
	digest text NOT NULL,
	text integer NOT NULL, -- the revision whose text this one shares
	created_at timestamp NOT NULL,
	UNIQUE (collab_id, number)
);

CREATE TABLE consents (
	invite_id bigint NOT NULL REFERENCES invites,
	revision integer NOT NULL,
	collab_id bigint NOT NULL REFERENCES collabs,
	stamp text NOT NULL,
	covers_edits boolean NOT NULL DEFAULT false,
	at timestamp NOT NULL,
	PRIMARY KEY (invite_id, revision)
);
CREATE INDEX consents_collab ON consents (collab_id);

CREATE TABLE stamps (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	account_id bigint NOT NULL REFERENCES accounts,
	collab_id bigint NOT NULL REFERENCES collabs,
	collab text NOT NULL,
	post_uri text NOT NULL,
	role text NOT NULL,
	revision integer NOT NULL,
	digest text NOT NULL,
	covers_edits boolean NOT NULL DEFAULT false,
	public boolean NOT NULL DEFAULT false,
	created_at timestamp NOT NULL,
	revoked_at timestamp,
	retire_at timestamp
);
CREATE INDEX stamps_collab ON stamps (collab_id, account_id);
CREATE INDEX stamps_retire ON stamps (retire_at) WHERE retire_at IS NOT NULL;

CREATE TABLE authors (
	post_id bigint NOT NULL,
	uri text NOT NULL,
	account_id bigint NOT NULL DEFAULT 0,
	position integer NOT NULL,
	role text NOT NULL,
	stamp text NOT NULL,
	state text NOT NULL,
	reason text NOT NULL DEFAULT '',
	hidden boolean NOT NULL DEFAULT false,
	accepted_at timestamp,
	checked_at timestamp,
	next_check timestamp NOT NULL,
	PRIMARY KEY (post_id, uri)
);
CREATE INDEX authors_account ON authors (account_id, post_id);
CREATE INDEX authors_stamp ON authors (stamp);

CREATE TABLE events (
	id bigint PRIMARY KEY,
	collab_id bigint NOT NULL REFERENCES collabs,
	seq integer NOT NULL,
	at timestamp NOT NULL,
	actor text NOT NULL,
	what text NOT NULL,
	code text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '',
	revision integer NOT NULL DEFAULT 0,
	digest text NOT NULL DEFAULT '',
	previous text NOT NULL,
	hash text NOT NULL,
	UNIQUE (collab_id, seq)
);

CREATE TABLE outbounds (
	id bigint PRIMARY KEY,
	uri text NOT NULL UNIQUE,
	account_id bigint NOT NULL,
	verb text NOT NULL,
	object_uri text NOT NULL DEFAULT '',
	activity text, -- JSON
	followers boolean NOT NULL DEFAULT false,
	followers_of text, -- JSON
	inboxes text, -- JSON
	body bytea, -- said as it is, when it is somebody else's words
	expanded_at timestamp,
	created_at timestamp NOT NULL
);
CREATE INDEX outbounds_waiting ON outbounds (account_id, id) WHERE expanded_at IS NULL;
CREATE INDEX outbounds_object ON outbounds (object_uri);

CREATE TABLE letters (
	outbound_id bigint NOT NULL,
	form text NOT NULL,
	body bytea NOT NULL,
	PRIMARY KEY (outbound_id, form)
);

CREATE TABLE deliveries (
	id bigint PRIMARY KEY,
	outbound_id bigint NOT NULL,
	account_id bigint NOT NULL,
	form text NOT NULL,
	host text NOT NULL,
	inbox text NOT NULL,
	state text NOT NULL,
	attempts integer NOT NULL DEFAULT 0,
	last_error text NOT NULL DEFAULT '',
	due_at timestamp NOT NULL,
	done_at timestamp,
	created_at timestamp NOT NULL,
	UNIQUE (outbound_id, inbox)
);
CREATE INDEX deliveries_host ON deliveries (host, id) WHERE state = 'queued';
CREATE INDEX deliveries_done ON deliveries (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE inbounds (
	id bigint PRIMARY KEY,
	actor text NOT NULL,
	uri text NOT NULL,
	shard integer NOT NULL, -- one drain works a shard, so one actor's words stay in order
	body bytea NOT NULL,
	attempts integer NOT NULL DEFAULT 0,
	due_at timestamp NOT NULL,
	done_at timestamp,
	outcome text NOT NULL DEFAULT '',
	received_at timestamp NOT NULL,
	UNIQUE (actor, uri)
);
CREATE INDEX inbounds_waiting ON inbounds (shard, id) WHERE done_at IS NULL;

CREATE TABLE peers (
	host text PRIMARY KEY,
	software text NOT NULL DEFAULT '',
	ensemble boolean NOT NULL DEFAULT false,
	scheme text NOT NULL DEFAULT '', -- the signature dialect that worked last
	scheme_at timestamp,
	form text NOT NULL DEFAULT '', -- an admin's choice of how authors are written
	blocked boolean NOT NULL DEFAULT false,
	paused boolean NOT NULL DEFAULT false,
	failures integer NOT NULL DEFAULT 0,
	next_try timestamp,
	last_error text NOT NULL DEFAULT '',
	last_ok timestamp,
	created_at timestamp NOT NULL
);

CREATE TABLE settings (
	name text PRIMARY KEY,
	value text NOT NULL
);

CREATE TABLE apps (
	id bigint PRIMARY KEY,
	client_id text NOT NULL UNIQUE,
	client_secret text NOT NULL,
	name text NOT NULL,
	website text NOT NULL DEFAULT '',
	redirect_uris text, -- JSON
	scopes text NOT NULL,
	created_at timestamp NOT NULL
);

CREATE TABLE grants (
	id bigint PRIMARY KEY,
	code_hash text NOT NULL UNIQUE,
	client_id text NOT NULL,
	account_id bigint NOT NULL,
	redirect_uri text NOT NULL,
	scopes text NOT NULL,
	challenge text NOT NULL DEFAULT '',
	challenge_method text NOT NULL DEFAULT '',
	expires_at timestamp NOT NULL,
	used_at timestamp,
	token_id bigint NOT NULL DEFAULT 0
);

CREATE TABLE tokens (
	id bigint PRIMARY KEY,
	hash text NOT NULL UNIQUE,
	client_id text NOT NULL,
	account_id bigint NOT NULL DEFAULT 0,
	scopes text NOT NULL,
	created_at timestamp NOT NULL,
	last_used_at timestamp,
	revoked_at timestamp
);
CREATE INDEX tokens_account ON tokens (account_id);

CREATE TABLE sessions (
	id text PRIMARY KEY,
	account_id bigint NOT NULL,
	user_agent text NOT NULL DEFAULT '',
	created_at timestamp NOT NULL,
	expires_at timestamp NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE replays (
	account_id bigint NOT NULL,
	key text NOT NULL,
	route text NOT NULL,
	body_hash text NOT NULL,
	status integer NOT NULL,
	answer bytea,
	created_at timestamp NOT NULL,
	PRIMARY KEY (account_id, key, route)
);
