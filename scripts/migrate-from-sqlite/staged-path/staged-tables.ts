import type { Transaction } from '../../../src/db.ts';
import { createJsonJudge } from '../target/json-judge.ts';

/** The columns a source row fills, in the order of sending, after `n`, its place in the file. */
export const STAGED = {
  staged_artists: ['source_id', 'artist_id', 'name', 'created_at'],
  staged_tracks: [
    'source_id',
    'track_id',
    'plain_id',
    'artist_ref',
    'name',
    'artist_name',
    'album_name',
    'duration_ms',
    'spotify_url',
    'raw_json',
    'audio_features',
    'release_date',
    'release_date_precision',
    'popularity',
    'created_at',
  ],
  staged_snapshots: ['track_id', 'plain_id', 'snapshot_date', 'time_range', 'rank', 'taken_at'],
  staged_entries: ['playlist_id', 'track_ref', 'position', 'created_at'],
} as const;

export type StagedTable = keyof typeof STAGED;

/**
 * JSON is parsed and compressed while the file is being read and kept in the row (MAIN), so that it only needs copying
 * into the target. Texts the server refuses go through judged_tracks.
 */
const TABLES = `
  CREATE TEMP TABLE staged_artists (n int, source_id text, artist_id text, name text, created_at timestamptz)
    ON COMMIT DROP;
  CREATE TEMP TABLE staged_tracks (n int, source_id text, track_id text, plain_id text, artist_ref text, artist_id text,
    name text, artist_name text, album_name text, duration_ms integer, spotify_url text,
    raw_json jsonb CHECK (jsonb_typeof(raw_json) = 'object'),
    audio_features jsonb CHECK (jsonb_typeof(audio_features) = 'object'),
    release_date date, release_date_precision text, popularity smallint,
    created_at timestamptz) ON COMMIT DROP;
  ALTER TABLE staged_tracks ALTER raw_json SET STORAGE MAIN, ALTER audio_features SET STORAGE MAIN;
  CREATE TEMP TABLE judged_tracks (LIKE staged_tracks) ON COMMIT DROP;
  ALTER TABLE judged_tracks ALTER raw_json TYPE text, ALTER audio_features TYPE text;
  CREATE TEMP TABLE staged_snapshots (n int, track_id text, plain_id text, snapshot_date date, time_range text, rank integer,
    taken_at timestamp) ON COMMIT DROP;
  CREATE TEMP TABLE staged_entries (n int, playlist_id text, track_ref text, track_id text, position integer,
    created_at timestamptz) ON COMMIT DROP;
  CREATE TEMP TABLE staged_faults (source_table text, n int, source_column text, reason text) ON COMMIT DROP;
  CREATE TEMP TABLE staged_rejects (source_table text, source_key text, source_column text, reason text,
    original jsonb) ON COMMIT DROP`;

/** What a payload plainly says about its track. An invalid date stays in the payload only. */
const PAYLOAD_READERS = `
  CREATE OR REPLACE FUNCTION pg_temp.payload_release(payload jsonb, OUT release_date date, OUT release_precision text)
  LANGUAGE plpgsql AS $$
  DECLARE released text := payload #>> '{album,release_date}';
          said text := payload #>> '{album,release_date_precision}';
          first_day date;
  BEGIN
    IF released !~ '^(?!0000)\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?$' OR released IS NULL THEN RETURN; END IF;
    first_day := make_date(left(released, 4)::int, COALESCE(NULLIF(substr(released, 6, 2), '')::int, 1), 1);
    release_date := first_day + COALESCE(NULLIF(substr(released, 9, 2), '')::int - 1, 0);
    release_precision := CASE length(released) WHEN 4 THEN 'year' WHEN 7 THEN 'month' ELSE 'day' END;
    IF date_trunc('month', release_date) <> first_day THEN
      release_date := NULL; release_precision := NULL; RETURN;
    END IF;
    IF said = 'year' OR said = 'month' AND release_precision = 'day' THEN
      release_date := date_trunc(said, release_date); release_precision := said;
    END IF;
  END $$;
  CREATE OR REPLACE FUNCTION pg_temp.payload_popularity(payload jsonb) RETURNS smallint LANGUAGE sql AS $$
    SELECT CASE WHEN payload ->> 'popularity' ~ '^(100|\\d{1,2})$' AND jsonb_typeof(payload -> 'popularity') = 'number'
      THEN (payload ->> 'popularity')::smallint END $$;
  CREATE OR REPLACE FUNCTION pg_temp.payload_url(payload jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN jsonb_typeof(payload #> '{external_urls,spotify}') = 'string'
      THEN payload #>> '{external_urls,spotify}' END $$`;

/** A third of the time to compress and a tenth to read, if the server supports it. */
const FAST_COMPRESSION = `
  DO $$ BEGIN PERFORM set_config('default_toast_compression', 'lz4', true);
  EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$`;

/** All of it vanishes with the transaction. */
export async function createStaging(tx: Transaction): Promise<void> {
  await compressFast(tx);
  await tx.execute(TABLES);
  await createJsonJudge(tx);
  await createPayloadReaders(tx);
}

export const compressFast = (tx: Transaction): Promise<number> => tx.execute(FAST_COMPRESSION);
export const createPayloadReaders = (tx: Transaction): Promise<number> => tx.execute(PAYLOAD_READERS);
