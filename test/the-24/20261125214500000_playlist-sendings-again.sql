-- Up Migration
-- A sending that was cut off, or that Spotify made wait, goes on by itself: the worker takes it up when it is time.
ALTER TABLE playlist_sendings
  ADD failures integer NOT NULL DEFAULT 0,
  ADD again_at timestamptz,
  ADD stopped_at timestamptz;
COMMENT ON COLUMN playlist_sendings.failures IS 'how often in a row it met trouble without one more item arriving';
COMMENT ON COLUMN playlist_sendings.again_at IS 'when the worker tries again; NULL: only its listener can say';
COMMENT ON COLUMN playlist_sendings.stopped_at IS
  'when it last met a problem: a connection made since then may have mended it';
-- What is sent stays for ever, what is not is looked for in every round of the worker.
CREATE INDEX playlist_sendings_unsent ON playlist_sendings (user_id, playlist_id) WHERE state <> 'sent';

-- A long playlist takes some minutes; the lease of each sending says sooner that whoever had it is gone.
SELECT pgboss.create_queue('sendings', '{"policy": "standard", "retryLimit": 3, "retryDelay": 0, "retryBackoff": false,
  "expireInSeconds": 900, "retentionMinutes": 1440}');

-- Down Migration
SELECT pgboss.delete_queue('sendings');
DROP INDEX playlist_sendings_unsent;
ALTER TABLE playlist_sendings DROP failures, DROP again_at, DROP stopped_at;
