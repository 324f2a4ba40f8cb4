-- +goose Up
-- Direct posts from before there were conversations: the server goes through them after
-- its start. Those that came later are in none because somebody took them out.
INSERT INTO settings (name, value) SELECT 'conversations.unsorted', CAST(max(p.id) + 1 AS text) FROM posts p
WHERE p.visibility = 'direct' AND NOT EXISTS (SELECT 1 FROM conversation_posts x WHERE x.post_id = p.id)
AND p.created_at < (SELECT max(tstamp) + interval '1 day' FROM goose_db_version WHERE version_id = 111)
HAVING max(p.id) > 0;
