-- Up Migration
-- What is derived, and what keeps it so, whoever writes: the app, a move, or a person with psql. Each derived row is
-- defined once, by a view over what it is derived from:
--
--   library_facts  →  library_tracks      played_facts         →  played_tracks    artist_play_facts  →  played_artists
--   list_facts     →  snapshot_lists      day_facts            →  play_days        album_play_facts   →  played_albums
--   period_facts   →  snapshot_periods    session_facts        →  play_sessions    ending_facts       →  play_endings
--   from_facts     →  played_from         discovery_facts      →  discoveries
--   artist_list_facts    →  artist_snapshot_lists    artist_period_facts  →  artist_snapshot_periods
--   listed_artist_facts  →  listed_artists    measure_facts   →  library_measures (of library_tracks and played_tracks)
--
-- derive_all() makes all of a listener's rows what the views say; a bulk load switches triggers off and calls it. The
-- triggers select from the same views for the rows concerned. Only what is added is counted on: a capture must not
-- count ten years of lists again. At the end of the file stand the triggers, one for each table and event.

-- What audio features mean: each a number within its bounds, or NULL.
CREATE FUNCTION sound_of(audio_features jsonb) RETURNS TABLE (
  energy double precision, valence double precision, danceability double precision, acousticness double precision,
  instrumentalness double precision, speechiness double precision, liveness double precision, tempo double precision,
  loudness double precision, key smallint, mode smallint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT
    audio_feature_between(audio_features, 'energy', 0, 1),
    audio_feature_between(audio_features, 'valence', 0, 1),
    audio_feature_between(audio_features, 'danceability', 0, 1),
    audio_feature_between(audio_features, 'acousticness', 0, 1),
    audio_feature_between(audio_features, 'instrumentalness', 0, 1),
    audio_feature_between(audio_features, 'speechiness', 0, 1),
    audio_feature_between(audio_features, 'liveness', 0, 1),
    audio_feature_between(audio_features, 'tempo', 1, 400),
    audio_feature_between(audio_features, 'loudness', -100, 20),
    CASE WHEN audio_feature(audio_features, 'key') IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
      THEN audio_feature(audio_features, 'key')::smallint END,
    CASE WHEN audio_feature(audio_features, 'mode') IN (0, 1)
      THEN audio_feature(audio_features, 'mode')::smallint END;
END;

-- The artists of a track that its artist_name does not name.
CREATE VIEW further_artists AS
SELECT credit.track_id, string_agg(artists.name, ', ' ORDER BY credit.position) AS names
FROM track_artists AS credit JOIN artists USING (artist_id) JOIN tracks USING (track_id)
WHERE strpos(COALESCE(tracks.artist_name, ''), artists.name) = 0
GROUP BY credit.track_id;

-- What a library copies of a track. Names are cut where no search or sort looks any more. An album of the same name and
-- artist as one whose id is known by any of its tracks is that one: by Spotify's own answers first, so that no file decides
-- for other listeners what Spotify has told.
CREATE VIEW track_facts AS
SELECT
  track_id,
  left(NULLIF(name, ''), 500) AS name,
  left(concat_ws(', ', NULLIF(artist_name, ''), further_artists.names), 500) AS artist_names,
  left(NULLIF(album_name, ''), 500) AS album_name,
  COALESCE(told_album_id, (
    SELECT same.told_album_id FROM tracks AS same
    WHERE same.album_key = tracks.album_key AND same.told_album_id IS NOT NULL
    ORDER BY same.from_spotify DESC, same.told_album_id LIMIT 1), album_key) AS album_id,
  popularity,
  release_date,
  release_date_precision,
  NULLIF(duration_ms, 0) AS duration_ms,
  CASE raw_json -> 'explicit' WHEN 'true' THEN true WHEN 'false' THEN false END AS explicit,
  CASE WHEN raw_json IS NOT NULL
    THEN jsonb_typeof(raw_json #> '{external_ids,isrc}') IS NOT DISTINCT FROM 'string' END AS has_isrc,
  CASE jsonb_typeof(raw_json #> '{album,album_type}')
    WHEN 'string' THEN left(raw_json #>> '{album,album_type}', 50) END AS album_type,
  audio_features
FROM tracks LEFT JOIN further_artists USING (track_id);

-- What the lists say of a track. (Every time range there is, so that the index of a track's history is used.)
CREATE VIEW listed_facts AS
SELECT
  user_id,
  track_id,
  min(snapshot_date) AS first_listed_date,
  max(snapshot_date) AS last_listed_date,
  min(rank) AS best_rank,
  count(*)::int AS listings,
  array_remove(ARRAY[
    CASE WHEN bool_or(time_range = 'long_term') THEN 'long_term' END,
    CASE WHEN bool_or(time_range = 'medium_term') THEN 'medium_term' END,
    CASE WHEN bool_or(time_range = 'short_term') THEN 'short_term' END], NULL) AS time_ranges
FROM snapshots
WHERE time_range IN ('short_term', 'medium_term', 'long_term')
GROUP BY user_id, track_id;

-- What the choices in hidden_tracks and hidden_artists come to.
CREATE VIEW hidden_facts AS
SELECT user_id, track_id FROM hidden_tracks
UNION
SELECT user_id, track_id FROM hidden_artists JOIN track_artists USING (artist_id);

-- What the row of any track in any listener's library says. The listener's own file comes before the catalogue,
-- feature by feature. A column added here and to library_tracks is kept by everything below.
CREATE VIEW library_facts AS
SELECT
  users.user_id,
  track.track_id,
  track.name,
  track.artist_names,
  track.album_name,
  track.album_id,
  track.popularity,
  track.release_date,
  track.release_date_precision,
  track.duration_ms,
  track.explicit,
  track.has_isrc,
  track.album_type,
  COALESCE(own.energy, theirs.energy) AS energy,
  COALESCE(own.valence, theirs.valence) AS valence,
  COALESCE(own.danceability, theirs.danceability) AS danceability,
  COALESCE(own.acousticness, theirs.acousticness) AS acousticness,
  COALESCE(own.instrumentalness, theirs.instrumentalness) AS instrumentalness,
  COALESCE(own.speechiness, theirs.speechiness) AS speechiness,
  COALESCE(own.liveness, theirs.liveness) AS liveness,
  COALESCE(own.tempo, theirs.tempo) AS tempo,
  COALESCE(own.loudness, theirs.loudness) AS loudness,
  COALESCE(own.key, theirs.key) AS key,
  COALESCE(own.mode, theirs.mode) AS mode,
  listed.first_listed_date,
  listed.last_listed_date,
  listed.best_rank,
  COALESCE(listed.listings, 0) AS listings,
  COALESCE(listed.time_ranges, '{}') AS time_ranges,
  hidden.track_id IS NOT NULL AS hidden
FROM users
CROSS JOIN track_facts AS track
CROSS JOIN LATERAL sound_of(track.audio_features) AS theirs
LEFT JOIN own_audio_features AS own_file ON (own_file.user_id, own_file.track_id) = (users.user_id, track.track_id)
LEFT JOIN LATERAL sound_of(own_file.audio_features) AS own ON true
LEFT JOIN listed_facts AS listed ON (listed.user_id, listed.track_id) = (users.user_id, track.track_id)
LEFT JOIN hidden_facts AS hidden ON (hidden.user_id, hidden.track_id) = (users.user_id, track.track_id);

-- Each artist of Spotify's lists once.
CREATE VIEW listed_artist_facts AS
SELECT user_id, artist_id, artist_document(user_id, COALESCE(name, '')) AS document
FROM (SELECT DISTINCT user_id, artist_id FROM artist_snapshots) AS listed JOIN artists USING (artist_id);

-- A row for each kept list.
CREATE VIEW list_facts AS
SELECT user_id, time_range, snapshot_date, count(*)::int AS places
FROM snapshots GROUP BY user_id, time_range, snapshot_date;

-- What each track came to in each month, year and all time, named as periods_of() names them. (Each added up by itself:
-- to make years of months, or three rows of each place, took five times as long.)
CREATE VIEW period_facts AS
SELECT user_id, time_range, to_char(date_trunc('month', snapshot_date::timestamp), 'YYYY-MM') AS period, track_id,
  sum(points_of_rank(rank))::int AS points, min(rank) AS best_rank, count(*)::int AS listings
FROM snapshots GROUP BY user_id, time_range, track_id, date_trunc('month', snapshot_date::timestamp)
UNION ALL
SELECT user_id, time_range, to_char(date_trunc('year', snapshot_date::timestamp), 'YYYY'), track_id,
  sum(points_of_rank(rank))::int, min(rank), count(*)::int
FROM snapshots GROUP BY user_id, time_range, track_id, date_trunc('year', snapshot_date::timestamp)
UNION ALL
SELECT user_id, time_range, 'all', track_id, sum(points_of_rank(rank))::int, min(rank), count(*)::int
FROM snapshots GROUP BY user_id, time_range, track_id;

-- The same of Spotify's lists of artists.
CREATE VIEW artist_list_facts AS
SELECT user_id, time_range, snapshot_date, count(*)::int AS places
FROM artist_snapshots GROUP BY user_id, time_range, snapshot_date;

CREATE VIEW artist_period_facts AS
SELECT user_id, time_range, period, artist_id,
  sum(points_of_rank(rank))::int AS points, min(rank) AS best_rank, count(*)::int AS listings
FROM artist_snapshots CROSS JOIN LATERAL unnest(periods_of(snapshot_date)) AS period
GROUP BY user_id, time_range, artist_id, period;

-- The plays that count by their listener's rule; where nobody says how long one was, about the length of the track.
CREATE VIEW counted_plays AS
SELECT user_id, track_id, played_at, ms_played,
  CASE WHEN ms_played IS NULL THEN track.duration_ms END AS about_ms, track.hidden
FROM plays JOIN users USING (user_id) JOIN library_tracks AS track USING (user_id, track_id)
WHERE counts_as_play(users.counted_plays, ms_played, reached_end, track.duration_ms);

-- (Shuffle and offline stand in the row of the file, of a captured play in that of the file beside it.)
CREATE VIEW ending_facts AS
SELECT user_id, track_id, count(*)::int AS kept, count(reached_end)::int AS end_known,
  (count(*) FILTER (WHERE reached_end))::int AS ended, count(skipped)::int AS skip_known,
  (count(*) FILTER (WHERE skipped))::int AS skipped,
  (count(*) FILTER (WHERE told ->> 'shuffle' IN ('true', 'false')))::int AS shuffle_known,
  (count(*) FILTER (WHERE told ->> 'shuffle' = 'true'))::int AS shuffled,
  (count(*) FILTER (WHERE told ->> 'offline' IN ('true', 'false')))::int AS offline_known,
  (count(*) FILTER (WHERE told ->> 'offline' = 'true'))::int AS offline
FROM plays AS p CROSS JOIN LATERAL (
  SELECT COALESCE(p.file_row, (
    SELECT file_row FROM paired_plays AS b
    WHERE (b.user_id, b.played_at, b.track_id, b.nth) = (p.user_id, p.played_at, p.track_id, p.nth)
    ORDER BY source_rank(b.source), b.history_import_id, b.row_key LIMIT 1)) AS told) AS row
GROUP BY user_id, track_id;

-- What a track of a library is sorted and filtered by.
CREATE VIEW measure_facts AS
SELECT user_id, COALESCE(ms_played + about_ms, 0)::bigint AS listened_ms, COALESCE(plays, 0) AS plays, listings, hidden, track_id,
  search_text, first_played_at, last_played_at, best_rank, popularity, first_listed_date, last_listed_date, release_date, duration_ms,
  energy, valence, danceability, acousticness, instrumentalness, tempo, explicit, has_isrc, release_date_precision, album_type,
  time_ranges
FROM library_tracks LEFT JOIN played_tracks USING (user_id, track_id);

-- Plays by the clock of their listener, also those that do not count. (The zone is looked up once for each listener.)
CREATE VIEW dated_plays AS
SELECT p.user_id, p.track_id, played_at AT TIME ZONE zone AS local, played_at, p.ms_played,
  CASE WHEN p.ms_played IS NULL THEN track.duration_ms END AS about_ms, p.reached_end, p.skipped,
  counts_as_play(users.counted_plays, p.ms_played, p.reached_end, track.duration_ms) AS counts, track.hidden, p.context
FROM users CROSS JOIN LATERAL (SELECT zone_used(timezone) AS zone OFFSET 0) AS clock
JOIN plays AS p USING (user_id) JOIN library_tracks AS track USING (user_id, track_id);

-- What the plays of a track come to in a month: less what was before it.
CREATE VIEW played_months AS
SELECT user_id, track_id, of_album_id AS album_id, month, q.plays - plays_before AS plays, q.timed - timed_before AS timed_plays,
  q.ms - ms_before AS ms_played, q.about - about_before AS about_ms, first_played_at, last_played_at
FROM played_tracks CROSS JOIN LATERAL unnest(months, plays_until, 0 || plays_until, timed_until, 0 || timed_until,
  ms_until, 0::bigint || ms_until, about_until, 0::bigint || about_until
) AS q (month, plays, plays_before, timed, timed_before, ms, ms_before, about, about_before)
WHERE NOT is_hidden AND month IS NOT NULL;

-- Artists and albums are added up of their tracks that are not hidden.
CREATE VIEW month_facts AS
SELECT user_id, 'tracks' AS kind, track_id AS id, date_trunc('month', local)::date AS month, count(*)::int AS plays,
  count(COALESCE(ms_played, about_ms))::int AS timed_plays, COALESCE(sum(ms_played), 0)::bigint AS ms_played,
  COALESCE(sum(about_ms), 0)::bigint AS about_ms, min(played_at) AS first_played_at, max(played_at) AS last_played_at
FROM dated_plays WHERE counts GROUP BY user_id, track_id, date_trunc('month', local)
UNION ALL
SELECT user_id, 'artists', artist_id, month, sum(plays)::int, sum(timed_plays)::int, sum(ms_played)::bigint,
  sum(about_ms)::bigint, min(first_played_at), max(last_played_at)
FROM played_months JOIN track_artists USING (track_id) GROUP BY user_id, artist_id, month
UNION ALL
SELECT user_id, 'albums', album_id, month, sum(plays)::int, sum(timed_plays)::int, sum(ms_played)::bigint,
  sum(about_ms)::bigint, min(first_played_at), max(last_played_at)
FROM played_months WHERE album_id IS NOT NULL GROUP BY user_id, album_id, month;

CREATE VIEW tally_facts AS
SELECT user_id, kind, id, sum(plays)::int AS plays, sum(timed_plays)::int AS timed_plays, sum(ms_played)::bigint AS ms_played,
  sum(about_ms)::bigint AS about_ms, min(first_played_at) AS first_played_at, max(last_played_at) AS last_played_at,
  array_agg(month ORDER BY month) AS months, array_agg(plays_until ORDER BY month) AS plays_until,
  array_agg(timed_until ORDER BY month) AS timed_until, array_agg(ms_until ORDER BY month) AS ms_until,
  array_agg(about_until ORDER BY month) AS about_until
FROM (
  SELECT *, (sum(plays) OVER until)::int AS plays_until, (sum(timed_plays) OVER until)::int AS timed_until,
    (sum(ms_played) OVER until)::bigint AS ms_until, (sum(about_ms) OVER until)::bigint AS about_until
  FROM month_facts WINDOW until AS (PARTITION BY user_id, kind, id ORDER BY month ROWS UNBOUNDED PRECEDING)
) AS months
GROUP BY user_id, kind, id;

CREATE VIEW played_facts AS
SELECT user_id, plays, timed_plays, ms_played, about_ms, first_played_at, last_played_at, track.duration_ms AS length_ms,
  track.hidden AS is_hidden, track_id, track.album_id AS of_album_id, months, plays_until, timed_until, ms_until, about_until
FROM (SELECT *, id AS track_id FROM tally_facts WHERE kind = 'tracks') AS tally
JOIN library_tracks AS track USING (user_id, track_id);

CREATE VIEW artist_play_facts AS
SELECT user_id, plays, timed_plays, ms_played, about_ms, first_played_at, last_played_at, id AS artist_id, months,
  plays_until, timed_until, ms_until, about_until
FROM tally_facts WHERE kind = 'artists';

CREATE VIEW album_play_facts AS
SELECT user_id, plays, timed_plays, ms_played, about_ms, first_played_at, last_played_at, id AS album_id, months,
  plays_until, timed_until, ms_until, about_until
FROM tally_facts WHERE kind = 'albums';

-- Whether what was played then for the first time has lasted.
CREATE FUNCTION has_lasted(first_played_at timestamptz, last_played_at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN last_played_at - first_played_at >= interval '90 days';

CREATE VIEW discovery_facts AS
SELECT user_id, (first_played_at AT TIME ZONE zone)::date AS day, kind, count(*)::int AS things,
  (count(*) FILTER (WHERE has_lasted(first_played_at, last_played_at)))::int AS lasting
FROM users CROSS JOIN LATERAL (SELECT zone_used(timezone) AS zone OFFSET 0) AS clock
JOIN (
  SELECT user_id, 'tracks' AS kind, first_played_at, last_played_at FROM played_tracks WHERE NOT is_hidden
  UNION ALL SELECT user_id, 'artists', first_played_at, last_played_at FROM played_artists
) AS played USING (user_id)
GROUP BY user_id, (first_played_at AT TIME ZONE zone)::date, kind;

-- Counts of some hours of a day, as 24.
CREATE FUNCTION hours_of(hours integer[], counts integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(COALESCE(counts[array_position(hours, hour)], 0) ORDER BY hour) FROM generate_series(0, 23) AS hour
$$;

-- (A function, so that the index finds the plays of some days: by UTC they lie within fourteen hours of it.)
CREATE FUNCTION days_between(listener bigint, first_day date, last_day date)
RETURNS TABLE (user_id bigint, day date, plays integer, timed_plays integer, ms_played bigint, about_ms bigint,
  hours integer[], kept integer, end_known integer, ended integer, skip_known integer, skipped integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH hours AS (
    SELECT p.user_id, date_trunc('hour', p.local) AS hour, count(*) FILTER (WHERE p.counts) AS plays,
      count(COALESCE(p.ms_played, p.about_ms)) FILTER (WHERE p.counts) AS timed_plays,
      sum(p.ms_played) FILTER (WHERE p.counts) AS ms_played, sum(p.about_ms) FILTER (WHERE p.counts) AS about_ms,
      count(*) AS kept, count(p.reached_end) AS end_known, count(*) FILTER (WHERE p.reached_end) AS ended,
      count(p.skipped) AS skip_known, count(*) FILTER (WHERE p.skipped) AS skipped
    FROM dated_plays AS p
    WHERE p.user_id = listener AND NOT p.hidden AND p.local >= first_day AND p.local < last_day + 1
      AND p.played_at >= first_day::timestamp AT TIME ZONE 'UTC' - interval '15 hours'
      AND p.played_at < (last_day + 1)::timestamp AT TIME ZONE 'UTC' + interval '15 hours'
    GROUP BY p.user_id, date_trunc('hour', p.local)
  )
  SELECT h.user_id, h.hour::date AS day, sum(h.plays)::int AS plays, sum(h.timed_plays)::int AS timed_plays,
    COALESCE(sum(h.ms_played), 0)::bigint AS ms_played, COALESCE(sum(h.about_ms), 0)::bigint AS about_ms,
    hours_of(array_agg(extract(hour FROM h.hour)::int), array_agg(h.plays::int)) AS hours,
    sum(h.kept)::int AS kept, sum(h.end_known)::int AS end_known, sum(h.ended)::int AS ended,
    sum(h.skip_known)::int AS skip_known, sum(h.skipped)::int AS skipped
  FROM hours AS h GROUP BY h.user_id, h.hour::date;
END;
CREATE VIEW day_facts AS
SELECT fact.* FROM users CROSS JOIN LATERAL days_between(user_id, '-infinity', 'infinity') AS fact;

CREATE FUNCTION from_between(listener bigint, first_day date, last_day date)
RETURNS TABLE (user_id bigint, day date, address text, plays integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT p.user_id, p.local::date AS day, COALESCE(p.context ->> 'uri', '') AS address, count(*)::int AS plays
  FROM dated_plays AS p
  WHERE p.user_id = listener AND p.context IS NOT NULL AND p.counts AND NOT p.hidden
    AND p.local >= first_day AND p.local < last_day + 1
    AND p.played_at >= first_day::timestamp AT TIME ZONE 'UTC' - interval '15 hours'
    AND p.played_at < (last_day + 1)::timestamp AT TIME ZONE 'UTC' + interval '15 hours'
  GROUP BY p.user_id, p.local::date, COALESCE(p.context ->> 'uri', '');
END;
CREATE VIEW from_facts AS
SELECT fact.* FROM users CROSS JOIN LATERAL from_between(user_id, '-infinity', 'infinity') AS fact;

-- (Each play begins its length before its end.)
CREATE FUNCTION sessions_between(listener bigint, first_instant timestamptz, last_instant timestamptz)
RETURNS TABLE (user_id bigint, began_at timestamptz, ended_at timestamptz, plays integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH told AS (
    SELECT p.played_at AS ended_at,
      p.played_at - make_interval(secs => COALESCE(p.ms_played, p.about_ms, 0) / 1000.0) AS began_at,
      lag(p.played_at) OVER in_order AS before, row_number() OVER in_order AS nth
    FROM counted_plays AS p
    WHERE p.user_id = listener AND p.played_at >= first_instant AND p.played_at <= last_instant AND NOT p.hidden
    WINDOW in_order AS (ORDER BY p.played_at, COALESCE(p.ms_played, p.about_ms) DESC NULLS LAST)
  ), firsts AS (
    SELECT began_at, nth, lead(before) OVER (ORDER BY nth) AS last_end, lead(nth) OVER (ORDER BY nth) AS next_nth
    FROM told WHERE before IS NULL OR began_at - before > interval '30 minutes'
  )
  SELECT listener, began_at, COALESCE(last_end, (SELECT max(ended_at) FROM told)),
    (COALESCE(next_nth, (SELECT max(nth) FROM told) + 1) - nth)::int
  FROM firsts;
END;
CREATE VIEW session_facts AS
SELECT fact.* FROM users CROSS JOIN LATERAL sessions_between(user_id, '-infinity', 'infinity') AS fact;

-- The derived columns of library_tracks as a list, each after `prefix`.
CREATE FUNCTION library_columns(prefix text DEFAULT '') RETURNS text LANGUAGE sql STABLE AS $$
  SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = 'library_facts'::regclass AND attnum > 0 AND attname NOT IN ('user_id', 'track_id')
$$;

-- The derived columns of library_measures: those that follow from plays, or those that the library says. Who changes the
-- one leaves the other alone, so that a capture and a play at the same moment both last.
CREATE FUNCTION measure_columns(of_plays boolean, prefix text DEFAULT '') RETURNS text LANGUAGE sql STABLE AS $$
  SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = 'measure_facts'::regclass AND attnum > 0 AND attname NOT IN ('user_id', 'track_id')
    AND of_plays = (attname IN ('plays', 'listened_ms', 'first_played_at', 'last_played_at'))
$$;

-- Gives archives another version, once in a transaction. What others have in hand just now stays for the next change
-- to sweep away, so that nobody waits. (A listener who is being deleted has no archive any more.)
CREATE FUNCTION mark_changed(listeners bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  marked bigint[];
BEGIN
  WITH added AS (
    INSERT INTO archive_changes (user_id)
    SELECT user_id FROM users
    WHERE user_id = ANY (listeners) AND NOT EXISTS (
      SELECT FROM archive_changes AS known
      WHERE (known.user_id, known.changed_in, known.changed_at) = (users.user_id, pg_current_xact_id(), now()))
    RETURNING user_id
  )
  SELECT array_agg(user_id) INTO marked FROM added;
  IF marked IS NULL THEN RETURN; END IF;
  DELETE FROM archive_changes WHERE (user_id, changed_in, changed_at) IN (
    SELECT user_id, changed_in, changed_at FROM archive_changes
    WHERE user_id = ANY (marked) AND changed_in <> pg_current_xact_id() FOR UPDATE SKIP LOCKED);
END $$;

-- What every change of what an archive says comes to: a missing summary is computed on reading.
CREATE FUNCTION archives_changed(listeners bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM archive_summaries WHERE user_id = ANY (listeners);
  PERFORM mark_changed(listeners);
END $$;

-- The same of plays, which change little of what a summary says, and often.
CREATE FUNCTION plays_changed(listeners bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE archive_summaries SET plays = NULL WHERE user_id = ANY (listeners) AND plays IS NOT NULL;
  PERFORM mark_changed(listeners);
END $$;

-- Everything below is planned each time, or row by row through indexes whatever the planner believes: a plan that a
-- session keeps may be one for an empty table, and a move turns nested loops off for its own large joins.

-- Brings some tracks of some libraries to what library_facts says; given a column, that one alone. (A listener who is
-- being deleted has no facts any more.) Returns how many rows were changed.
CREATE FUNCTION settle_library(user_ids bigint[], track_ids text[], only_column text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET enable_nestloop = on SET enable_seqscan = off AS $$
DECLARE
  settled bigint;
BEGIN
  IF user_ids IS NULL THEN RETURN 0; END IF;
  EXECUTE format(
    'UPDATE library_tracks AS known SET (%1$s) = ROW(%2$s)
     FROM (SELECT DISTINCT * FROM unnest($1, $2) AS given (user_id, track_id)) AS pair
     CROSS JOIN LATERAL (
       SELECT %1$s FROM library_facts WHERE (user_id, track_id) = (pair.user_id, pair.track_id) OFFSET 0) AS fact
     WHERE (known.user_id, known.track_id) = (pair.user_id, pair.track_id) AND ROW(%3$s) IS DISTINCT FROM ROW(%2$s)',
    COALESCE(only_column, library_columns()), COALESCE('fact.' || only_column, library_columns('fact.')),
    COALESCE('known.' || only_column, library_columns('known.'))) USING user_ids, track_ids;
  GET DIAGNOSTICS settled = ROW_COUNT;
  RETURN settled;
END $$;

-- The same for tracks in every library they are in; their listeners' summaries name them.
CREATE FUNCTION settle_tracks(track_ids text[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM settle_library(array_agg(user_id), array_agg(track_id)) FROM library_tracks WHERE track_id = ANY (track_ids);
  PERFORM archives_changed(ARRAY(SELECT DISTINCT user_id FROM library_tracks WHERE track_id = ANY (track_ids)));
END $$;

-- Puts tracks into libraries, where library_tracks_filled completes them; returns those that were not there.
CREATE FUNCTION add_to_libraries(user_ids bigint[], track_ids text[])
RETURNS TABLE (added_user_id bigint, added_track_id text) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE
    'INSERT INTO library_tracks (user_id, track_id)
     SELECT DISTINCT * FROM unnest($1, $2) AS given (user_id, track_id)
     WHERE NOT EXISTS (
       SELECT FROM library_tracks AS known WHERE (known.user_id, known.track_id) = (given.user_id, given.track_id))
     ORDER BY user_id, track_id
     ON CONFLICT DO NOTHING RETURNING user_id, track_id' USING user_ids, track_ids;
END $$;

-- Puts every track of a listener's lists, playlists and plays into their library, and `others`, all at once.
CREATE FUNCTION fill_library(listener bigint, others text[] DEFAULT '{}') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  filled bigint;
BEGIN
  EXECUTE format(
    'INSERT INTO library_tracks (user_id, track_id, %1$s)
     SELECT user_id, track_id, %1$s FROM library_facts WHERE user_id = $1 AND track_id IN (
       SELECT track_id FROM (
         SELECT track_id FROM snapshots WHERE user_id = $1
         UNION SELECT track_id FROM playlist_tracks WHERE user_id = $1
         UNION SELECT track_id FROM plays WHERE user_id = $1
         UNION SELECT unnest($2)
       ) AS belonging
       WHERE NOT EXISTS (
         SELECT FROM library_tracks AS known WHERE (known.user_id, known.track_id) = ($1, belonging.track_id)))',
    library_columns()) USING listener, others;
  GET DIAGNOSTICS filled = ROW_COUNT;
  RETURN filled;
END $$;

-- Brings a listener's whole library to what library_facts says.
CREATE FUNCTION derive_library(listener bigint, others text[] DEFAULT '{}') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  settled bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM library_tracks WHERE user_id = listener) THEN RETURN fill_library(listener, others); END IF;
  EXECUTE format(
    'UPDATE library_tracks AS known SET (%1$s) = ROW(%2$s) FROM library_facts AS fact
     WHERE known.user_id = $1 AND fact.user_id = $1 AND fact.track_id = known.track_id
       AND ROW(%3$s) IS DISTINCT FROM ROW(%2$s)',
    library_columns(), library_columns('fact.'), library_columns('known.')) USING listener;
  GET DIAGNOSTICS settled = ROW_COUNT;
  RETURN settled + fill_library(listener, others);
END $$;

-- By what the rows of a listener are to be sorted: the columns of the table's primary key, those first that are compared
-- fastest. (Rows that come in order are written in half the time. A bulk load takes keys away.)
CREATE FUNCTION order_of(relation regclass) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT COALESCE(string_agg(quote_ident(attname), ', ' ORDER BY atttypid = 'text'::regtype, place), '1')
  FROM pg_index JOIN unnest(indkey) WITH ORDINALITY AS key (attnum, place) ON place <= indnkeyatts
    JOIN pg_attribute AS a ON a.attrelid = relation AND a.attnum = key.attnum
  WHERE indrelid = relation AND indisprimary AND attname <> 'user_id'
$$;

-- Says of the rows `known` and `stray` that they are alike where none is NULL. (By whole rows alone nothing is hashed: each
-- would be compared with every other.)
CREATE FUNCTION same_columns(relation regclass) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT string_agg(format('known.%1$I = stray.%1$I', attname), ' AND ') FROM pg_attribute
  WHERE attrelid = relation AND attnum > 0 AND attnotnull
$$;

-- Makes a listener's rows of a derived table, or some of them, those of a view with the same columns.
CREATE FUNCTION derive_rows(derived regclass, facts regclass, listener bigint, which text DEFAULT 'true')
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  wanted text := format('SELECT * FROM %s WHERE user_id = $1 AND %s', facts, which);
  known text := format('SELECT * FROM %s WHERE user_id = $1 AND %s', derived, which);
  removed bigint := 0;
  added bigint;
  is_empty boolean;
BEGIN
  EXECUTE format('SELECT NOT EXISTS (%s)', known) INTO is_empty USING listener;
  IF is_empty THEN
    -- (Added up before they are sorted, not the other way round.)
    EXECUTE format('INSERT INTO %s SELECT * FROM (%s OFFSET 0) AS fact ORDER BY %s', derived, wanted, order_of(derived))
      USING listener;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
  END IF;
  -- (Compressed here, a long row would stay so where it goes: see played_tracks.)
  EXECUTE 'CREATE TEMP TABLE wanted WITH (toast_tuple_target = 8160) ON COMMIT DROP AS ' || wanted USING listener;
  EXECUTE format(
    'DELETE FROM %s AS known USING (%s EXCEPT TABLE wanted) AS stray WHERE known.user_id = $1 AND %s AND known = stray',
    derived, known, same_columns(derived)) USING listener;
  GET DIAGNOSTICS removed = ROW_COUNT;
  EXECUTE format('INSERT INTO %s TABLE wanted EXCEPT %s ORDER BY %s', derived, known, order_of(derived)) USING listener;
  GET DIAGNOSTICS added = ROW_COUNT;
  DROP TABLE wanted;
  RETURN removed + added;
END $$;

-- The statement that brings columns of library_measures to what measure_facts says; `which` names the rows `fact`.
CREATE FUNCTION measures_settled(of_plays boolean, which text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT format(
    'UPDATE library_measures AS known SET (%1$s) = ROW(%2$s) FROM %4$s
     WHERE (known.user_id, known.track_id) = (fact.user_id, fact.track_id) AND ROW(%3$s) IS DISTINCT FROM ROW(%2$s)',
    measure_columns(of_plays), measure_columns(of_plays, 'fact.'), measure_columns(of_plays, 'known.'), which)
$$;

-- What follows from a listener's plays, in all of their rows.
CREATE FUNCTION derive_played_measures(listener bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  settled bigint;
BEGIN
  EXECUTE measures_settled(true, '(SELECT * FROM measure_facts WHERE user_id = $1) AS fact') USING listener;
  GET DIAGNOSTICS settled = ROW_COUNT;
  RETURN settled;
END $$;

-- Adds the rows of tracks that have none.
CREATE FUNCTION fill_measures(listener bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  filled bigint;
BEGIN
  EXECUTE 'INSERT INTO library_measures
    SELECT fact.* FROM measure_facts AS fact WHERE user_id = $1 AND NOT EXISTS (
      SELECT FROM library_measures AS known WHERE (known.user_id, known.track_id) = (fact.user_id, fact.track_id))
    ORDER BY track_id' USING listener;
  GET DIAGNOSTICS filled = ROW_COUNT;
  RETURN filled;
END $$;

-- What follows from a listener's rule of what counts as a play, and from their calendar. (All plays are read in any case, as they lie, in the order that the views join them, and into hash tables: the planner knows nothing
-- yet of those that have just been written.)
CREATE FUNCTION derive_counted(listener bigint) RETURNS bigint LANGUAGE sql
SET enable_nestloop = off SET enable_mergejoin = off SET enable_sort = off SET enable_indexscan = off SET enable_indexonlyscan = off
SET join_collapse_limit = 1 AS $$
  SELECT plays_changed(ARRAY[listener]);
  SELECT derive_rows('played_tracks', 'played_facts', listener)
    + derive_played_measures(listener)
    + derive_rows('play_days', 'day_facts', listener)
    + derive_rows('played_from', 'from_facts', listener)
    + derive_rows('play_sessions', 'session_facts', listener)
    + derive_rows('played_artists', 'artist_play_facts', listener)
    + derive_rows('played_albums', 'album_play_facts', listener)
    + derive_rows('discoveries', 'discovery_facts', listener)
$$;

-- What follows from a listener's plays, counted or not.
CREATE FUNCTION derive_plays(listener bigint) RETURNS bigint LANGUAGE sql
SET enable_nestloop = off SET enable_mergejoin = off SET enable_sort = off SET enable_indexscan = off SET enable_indexonlyscan = off
SET join_collapse_limit = 1 AS $$
  SELECT derive_counted(listener) + derive_rows('play_endings', 'ending_facts', listener)
$$;

-- Everything of a listener, from the facts. Returns how many rows were not what they are now: none, where the triggers
-- did their work.
CREATE FUNCTION derive_all(listener bigint, others text[] DEFAULT '{}') RETURNS bigint LANGUAGE sql AS $$
  SELECT mark_changed(ARRAY[listener]);
  SELECT derive_library(listener, others)
    + derive_rows('listed_artists', 'listed_artist_facts', listener)
    + derive_rows('artist_snapshot_lists', 'artist_list_facts', listener)
    + derive_rows('artist_snapshot_periods', 'artist_period_facts', listener)
    + derive_rows('snapshot_lists', 'list_facts', listener)
    + derive_rows('snapshot_periods', 'period_facts', listener)
    + derive_plays(listener)
    + derive_rows('library_measures', 'measure_facts', listener)
$$;

-- Whose rows have changed.
CREATE FUNCTION follow_changes() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM archives_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

-- (Who derives at once adds them with their plays: fill_measures().)
CREATE FUNCTION follow_added_tracks() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on' THEN
    EXECUTE 'INSERT INTO library_measures SELECT fact.* FROM changed JOIN measure_facts AS fact USING (user_id, track_id)
      ON CONFLICT DO NOTHING';
  END IF;
  PERFORM archives_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

CREATE FUNCTION follow_removed_tracks() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE 'DELETE FROM library_measures AS known USING changed
    WHERE (known.user_id, known.track_id) = (changed.user_id, changed.track_id)';
  PERFORM archives_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

-- The same where no summary speaks of the rows.
CREATE FUNCTION mark_changes() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM mark_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

-- (With a track whose album's id is known comes the id of others of that album.)
CREATE FUNCTION settle_changed_tracks() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM settle_tracks(ARRAY(
    SELECT track_id FROM changed WHERE TG_OP = 'UPDATE'
    UNION SELECT same.track_id FROM changed JOIN tracks AS same USING (album_key)
    WHERE changed.told_album_id IS NOT NULL AND same.told_album_id IS NULL));
  RETURN NULL;
END $$;

CREATE FUNCTION settle_changed_artists() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- (A payload that is completed changes no library.)
  PERFORM settle_tracks(ARRAY(
    SELECT DISTINCT track_id FROM track_artists JOIN changed USING (artist_id) JOIN former USING (artist_id)
    WHERE changed.name IS DISTINCT FROM former.name));
  PERFORM settle_listed_artists(array_agg(user_id), array_agg(artist_id))
  FROM changed JOIN former USING (artist_id) JOIN listed_artists USING (artist_id)
  WHERE changed.name IS DISTINCT FROM former.name;
  PERFORM mark_changed(ARRAY(
    SELECT user_id FROM library_tracks JOIN track_artists USING (track_id) JOIN changed USING (artist_id)
    UNION SELECT user_id FROM artist_snapshots JOIN changed USING (artist_id)));
  RETURN NULL;
END $$;

-- Brings some artists of Spotify's lists to what listed_artist_facts says.
CREATE FUNCTION settle_listed_artists(user_ids bigint[], artist_ids text[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  DELETE FROM listed_artists WHERE (user_id, artist_id) IN (
    SELECT user_id, artist_id FROM unnest(user_ids, artist_ids) AS given (user_id, artist_id));
  INSERT INTO listed_artists (user_id, artist_id, document)
  SELECT user_id, artist_id, artist_document(user_id, COALESCE(name, ''))
  FROM (SELECT DISTINCT user_id, artist_id FROM unnest(user_ids, artist_ids) AS given (user_id, artist_id)) AS pair
    JOIN users USING (user_id) JOIN artists USING (artist_id)
  WHERE EXISTS (SELECT FROM artist_snapshots AS s WHERE (s.user_id, s.artist_id) = (pair.user_id, pair.artist_id))
  ORDER BY user_id, artist_id ON CONFLICT DO NOTHING;
END $$;

-- Counts lists of artists again that were changed or deleted; all ranges of their days.
CREATE FUNCTION recount_artist_snapshots(user_ids bigint[], artist_ids text[], dates date[]) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = on SET enable_seqscan = off AS $$
DECLARE
  ranges CONSTANT text := '(VALUES (''short_term''), (''medium_term''), (''long_term'')) AS r (time_range)';
BEGIN
  IF user_ids IS NULL THEN RETURN; END IF;
  PERFORM derive_some('artist_snapshot_lists', 'artist_list_facts', 'user_id, time_range, snapshot_date', format(
    'SELECT user_id, time_range, day AS snapshot_date FROM unnest($1, $2, $3) AS given (user_id, id, day), %s', ranges),
    user_ids, artist_ids, dates);
  PERFORM derive_some('artist_snapshot_periods', 'artist_period_facts', 'user_id, time_range, period, artist_id', format(
    'SELECT user_id, time_range, period, id AS artist_id FROM unnest($1, $2, $3) AS given (user_id, id, day), %s,
       unnest(periods_of(day)) AS period', ranges), user_ids, artist_ids, dates);
END $$;

-- (A capture lists artists who are known already, all but a few.)
CREATE FUNCTION follow_artist_snapshots() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM settle_listed_artists(array_agg(user_id), array_agg(artist_id))
    FROM (SELECT DISTINCT user_id, artist_id FROM changed JOIN users USING (user_id)) AS gone;
  ELSE
    PERFORM settle_listed_artists(array_agg(user_id), array_agg(artist_id)) FROM (
      SELECT DISTINCT user_id, artist_id FROM changed
      WHERE NOT EXISTS (
        SELECT FROM listed_artists AS k WHERE (k.user_id, k.artist_id) = (changed.user_id, changed.artist_id))) AS fresh;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    PERFORM settle_listed_artists(array_agg(user_id), array_agg(artist_id))
    FROM (SELECT user_id, artist_id FROM former EXCEPT SELECT user_id, artist_id FROM changed) AS replaced;
    PERFORM recount_artist_snapshots(array_agg(user_id), array_agg(artist_id), array_agg(snapshot_date))
    FROM (TABLE former UNION ALL TABLE changed) AS touched;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM recount_artist_snapshots(array_agg(user_id), array_agg(artist_id), array_agg(snapshot_date))
    FROM changed JOIN users USING (user_id);
  ELSE
    -- What is added counts on.
    INSERT INTO artist_snapshot_lists AS known
    SELECT user_id, time_range, snapshot_date, count(*) FROM changed
    GROUP BY user_id, time_range, snapshot_date ORDER BY user_id, time_range, snapshot_date
    ON CONFLICT (user_id, time_range, snapshot_date) DO UPDATE SET places = known.places + excluded.places;
    INSERT INTO artist_snapshot_periods AS known
    SELECT user_id, time_range, period, artist_id, sum(points_of_rank(rank)), min(rank), count(*)
    FROM changed CROSS JOIN LATERAL unnest(periods_of(snapshot_date)) AS period
    GROUP BY user_id, time_range, period, artist_id ORDER BY user_id, time_range, period, artist_id
    ON CONFLICT (user_id, time_range, period, artist_id) DO UPDATE SET
      points = known.points + excluded.points,
      best_rank = LEAST(known.best_rank, excluded.best_rank),
      listings = known.listings + excluded.listings;
  END IF;
  PERFORM mark_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

-- What a listener says of a track in their library; the trigger names the one column this can change, if it is one.
CREATE FUNCTION settle_changed_choices() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM settle_library(array_agg(user_id), array_agg(track_id), TG_ARGV[0]) FROM changed;
  PERFORM mark_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

CREATE FUNCTION settle_changed_artist_choices() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM settle_library(array_agg(user_id), array_agg(track_id), 'hidden')
  FROM changed JOIN track_artists USING (artist_id) JOIN library_tracks USING (user_id, track_id);
  PERFORM mark_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

-- Whoever fills a whole library at once brings the columns along and does not pay for each row.
CREATE FUNCTION fill_library_track() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off AS $$
BEGIN
  RETURN jsonb_populate_record(NEW, (
    SELECT to_jsonb(fact) FROM library_facts AS fact WHERE (user_id, track_id) = (NEW.user_id, NEW.track_id)));
END $$;

-- Brings the rows of a derived table whose keys `given` finds (of the arrays $1 to $3) to what its view says.
CREATE FUNCTION derive_some(derived regclass, facts text, key text, given text,
  user_ids bigint[], things text[], days date[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  of_key text := regexp_replace(key, '(\w+)', 'k.\1', 'g');
BEGIN
  EXECUTE format('DELETE FROM %s WHERE (%s) IN (%s)', derived, key, given) USING user_ids, things, days;
  EXECUTE format(
    'INSERT INTO %1$s SELECT fact.* FROM (SELECT DISTINCT * FROM (%3$s) AS every) AS k
     CROSS JOIN LATERAL (SELECT * FROM %4$s WHERE (%2$s) = (%5$s) OFFSET 0) AS fact',
    derived, key, given, facts, of_key) USING user_ids, things, days;
END $$;

-- The days of some instants on the calendars of their listeners.
CREATE FUNCTION days_of(user_ids bigint[], instants timestamptz[]) RETURNS date[] LANGUAGE sql STABLE AS $$
  SELECT array_agg((instant AT TIME ZONE zone)::date ORDER BY n)
  FROM unnest(user_ids, instants) WITH ORDINALITY AS given (user_id, instant, n)
    JOIN (SELECT user_id, zone_used(timezone) AS zone FROM users WHERE user_id = ANY (user_ids) OFFSET 0) AS clock USING (user_id)
$$;

-- Counts some plays, and whatever else their tracks, artists, albums, days and sessions hold, again. Who does so for a
-- listener goes first or after: the later one sees what the other added. (A listener who is being deleted needs no count.)
CREATE FUNCTION recount_plays(user_ids bigint[], track_ids text[], instants timestamptz[]) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = on SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  played_on date[];
BEGIN
  IF user_ids IS NULL THEN RETURN; END IF;
  PERFORM FROM users WHERE user_id = ANY (user_ids) ORDER BY user_id FOR NO KEY UPDATE;
  played_on := days_of(user_ids, instants);
  PERFORM derive_some('played_tracks', 'played_facts', 'user_id, track_id',
    'SELECT user_id, track_id FROM unnest($1, $2) AS given (user_id, track_id)', user_ids, track_ids);
  EXECUTE measures_settled(true, '(SELECT DISTINCT * FROM unnest($1, $2) AS given (user_id, track_id)) AS pair
    CROSS JOIN LATERAL (SELECT * FROM measure_facts WHERE (user_id, track_id) = (pair.user_id, pair.track_id) OFFSET 0) AS fact')
  USING user_ids, track_ids;
  PERFORM derive_some('play_endings', 'ending_facts', 'user_id, track_id',
    'SELECT user_id, track_id FROM unnest($1, $2) AS given (user_id, track_id)', user_ids, track_ids);
  PERFORM derive_some('play_days', 'days_between(k.user_id, k.day, k.day)', 'user_id, day',
    'SELECT user_id, day FROM unnest($1, $3) AS given (user_id, day)', user_ids, track_ids, played_on);
  PERFORM derive_some('played_from', 'from_between(k.user_id, k.day, k.day)', 'user_id, day',
    'SELECT user_id, day FROM unnest($1, $3) AS given (user_id, day)', user_ids, track_ids, played_on);
  PERFORM recount_sessions(user_ids, instants);
  PERFORM recount_artists(array_agg(user_id), array_agg(artist_id))
  FROM unnest(user_ids, track_ids) AS given (user_id, track_id) JOIN track_artists USING (track_id);
  PERFORM recount_albums(array_agg(user_id), array_agg(album_id))
  FROM unnest(user_ids, track_ids) AS given (user_id, track_id) JOIN library_tracks USING (user_id, track_id);
  PERFORM plays_changed(user_ids);
END $$;

CREATE FUNCTION recount_artists(user_ids bigint[], artist_ids text[]) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = on SET enable_seqscan = off AS $$
BEGIN
  PERFORM derive_some('played_artists', 'artist_play_facts', 'user_id, artist_id',
    'SELECT user_id, artist_id FROM unnest($1, $2) AS given (user_id, artist_id)', user_ids, artist_ids);
END $$;

CREATE FUNCTION recount_albums(user_ids bigint[], album_ids text[]) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = on SET enable_seqscan = off AS $$
BEGIN
  PERFORM derive_some('played_albums', 'album_play_facts', 'user_id, album_id',
    'SELECT user_id, album_id FROM unnest($1, $2) AS given (user_id, album_id) WHERE album_id IS NOT NULL',
    user_ids, album_ids);
END $$;

-- The sessions at some instants: all that a play there may have been part of, may part or may join, from the first to
-- the last of them.
CREATE FUNCTION recount_sessions(user_ids bigint[], instants timestamptz[]) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = on SET enable_seqscan = off AS $$
DECLARE
  listeners bigint[];
  spans tstzrange[];
BEGIN
  SELECT array_agg(user_id), array_agg(span) INTO listeners, spans
  FROM (
    SELECT user_id, unnest(range_agg(tstzrange(LEAST(since, began_at), GREATEST(until, ended_at), '[]'))) AS span
    FROM (SELECT DISTINCT * FROM unnest(user_ids, instants) AS given (user_id, instant)) AS touched
    CROSS JOIN LATERAL (
      SELECT instant - interval '30 minutes' - make_interval(secs => COALESCE(max(COALESCE(ms_played, about_ms)), 0) / 1000.0) AS since,
        instant + interval '30 minutes' AS until
      FROM counted_plays AS p WHERE (p.user_id, p.played_at) = (touched.user_id, instant)
    ) AS reach
    CROSS JOIN LATERAL (
      SELECT min(began_at) AS began_at, max(ended_at) AS ended_at FROM play_sessions AS s
      WHERE s.user_id = touched.user_id AND began_at <= until AND began_at >= COALESCE((
        SELECT max(began_at) FROM play_sessions AS b WHERE b.user_id = touched.user_id AND began_at <= since), '-infinity')
    ) AS near
    GROUP BY user_id
  ) AS joined;
  DELETE FROM play_sessions AS known USING unnest(listeners, spans) AS given (user_id, span)
  WHERE known.user_id = given.user_id AND began_at BETWEEN lower(span) AND upper(span);
  INSERT INTO play_sessions SELECT fact.* FROM unnest(listeners, spans) AS given (user_id, span)
  CROSS JOIN LATERAL sessions_between(given.user_id, lower(span), upper(span)) AS fact;
END $$;

-- Adds what was played for the first time, or takes it away.
CREATE FUNCTION count_discoveries(kind text, times integer, user_ids bigint[], first_times timestamptz[], last_times timestamptz[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  days date[] := days_of(user_ids, first_times);
BEGIN
  INSERT INTO discoveries AS known
  SELECT user_id, day, $1, sum(times), sum(times * has_lasted(first_played_at, last_played_at)::int)
  FROM unnest(user_ids, days, first_times, last_times) AS played (user_id, day, first_played_at, last_played_at)
  GROUP BY user_id, day ORDER BY user_id, day
  ON CONFLICT ON CONSTRAINT discoveries_pkey DO UPDATE SET
    things = known.things + excluded.things, lasting = known.lasting + excluded.lasting;
  DELETE FROM discoveries AS known USING unnest(user_ids, days) AS played (user_id, day)
  WHERE (known.user_id, known.day) = (played.user_id, played.day) AND things = 0;
END $$;

-- (Counted on, not again: to know what else was new that day would take a look at all its plays. The argument: of what kind,
-- and which rows count. A listener who is being deleted needs no count.)
CREATE FUNCTION follow_first_plays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('SELECT count_discoveries(%L, %s, array_agg(user_id), array_agg(first_played_at), array_agg(last_played_at))
    FROM changed JOIN users USING (user_id) WHERE %s HAVING count(*) > 0',
    TG_ARGV[0], CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END, TG_ARGV[1]);
  RETURN NULL;
END $$;

-- Every summary speaks of the library. A track that is hidden, or shown again, or whose length or album is another one
-- now, takes its plays along.
CREATE FUNCTION follow_library() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM archives_changed(ARRAY(SELECT DISTINCT user_id FROM now));
  EXECUTE measures_settled(false, '(SELECT fact.* FROM now JOIN measure_facts AS fact USING (user_id, track_id)) AS fact');
  IF EXISTS (
    SELECT FROM was JOIN now USING (user_id, track_id)
    WHERE (was.hidden, was.duration_ms, was.album_id) IS DISTINCT FROM (now.hidden, now.duration_ms, now.album_id)
  ) THEN
    EXECUTE 'SELECT recount_plays(array_agg(user_id), array_agg(track_id), array_agg(played_at))
      FROM was JOIN now USING (user_id, track_id) JOIN plays USING (user_id, track_id)
      WHERE (was.hidden, was.duration_ms, was.album_id) IS DISTINCT FROM (now.hidden, now.duration_ms, now.album_id)';
    EXECUTE 'SELECT recount_albums(array_agg(user_id), array_agg(was.album_id))
      FROM was JOIN now USING (user_id, track_id) JOIN played_tracks USING (user_id, track_id)
      WHERE was.album_id IS DISTINCT FROM now.album_id HAVING count(*) > 0';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION record_snapshots() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  fresh_users bigint[];
  fresh_tracks text[];
BEGIN
  SELECT array_agg(added_user_id), array_agg(added_track_id) INTO fresh_users, fresh_tracks
  FROM (SELECT array_agg(user_id) AS users, array_agg(track_id) AS tracks
        FROM (SELECT DISTINCT user_id, track_id FROM added) AS each_once) AS every,
    add_to_libraries(users, tracks);
  -- Tracks that were there count on; the others have been counted.
  EXECUTE 'UPDATE library_tracks AS known SET
      first_listed_date = LEAST(known.first_listed_date, listed.first_listed_date),
      last_listed_date = GREATEST(known.last_listed_date, listed.last_listed_date),
      best_rank = LEAST(known.best_rank, listed.best_rank),
      listings = known.listings + listed.listings,
      time_ranges = CASE WHEN known.time_ranges @> listed.time_ranges THEN known.time_ranges
        ELSE ARRAY(SELECT DISTINCT unnest(known.time_ranges || listed.time_ranges) ORDER BY 1) END
    FROM (
      SELECT user_id, track_id, min(snapshot_date) AS first_listed_date, max(snapshot_date) AS last_listed_date,
        min(rank) AS best_rank, count(*)::int AS listings, array_agg(DISTINCT time_range) AS time_ranges
      FROM added GROUP BY user_id, track_id
    ) AS listed
    WHERE (known.user_id, known.track_id) = (listed.user_id, listed.track_id)
      AND NOT EXISTS (
        SELECT FROM unnest($1, $2) AS fresh (user_id, track_id)
        WHERE (fresh.user_id, fresh.track_id) = (listed.user_id, listed.track_id))' USING fresh_users, fresh_tracks;
  INSERT INTO snapshot_lists AS known (user_id, time_range, snapshot_date, places)
  SELECT user_id, time_range, snapshot_date, count(*) FROM added
  GROUP BY user_id, time_range, snapshot_date ORDER BY user_id, time_range, snapshot_date
  ON CONFLICT (user_id, time_range, snapshot_date) DO UPDATE SET places = known.places + excluded.places;
  INSERT INTO snapshot_periods AS known (user_id, time_range, period, track_id, points, best_rank, listings)
  SELECT user_id, time_range, period, track_id, sum(points), min(best_rank), sum(listings)
  FROM (
    SELECT user_id, time_range, periods_of(min(snapshot_date)) AS periods, track_id,
      sum(points_of_rank(rank)) AS points, min(rank) AS best_rank, count(*) AS listings
    FROM added
    GROUP BY user_id, time_range, date_trunc('month', snapshot_date::timestamp), track_id
  ) AS months, unnest(periods) AS period
  GROUP BY user_id, time_range, period, track_id ORDER BY user_id, time_range, period, track_id
  ON CONFLICT (user_id, time_range, period, track_id) DO UPDATE SET
    points = known.points + excluded.points,
    best_rank = LEAST(known.best_rank, excluded.best_rank),
    listings = known.listings + excluded.listings;
  RETURN NULL;
END $$;

-- Derives what follows from some places of some lists again.
CREATE FUNCTION recount_snapshots(user_ids bigint[], time_ranges text[], dates date[], track_ids text[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM settle_library(user_ids, track_ids);
  DELETE FROM snapshot_lists AS known
  USING (SELECT DISTINCT * FROM unnest(user_ids, time_ranges, dates) AS given (user_id, time_range, snapshot_date)) AS k
  WHERE (known.user_id, known.time_range, known.snapshot_date) = (k.user_id, k.time_range, k.snapshot_date);
  INSERT INTO snapshot_lists
  SELECT fact.*
  FROM (SELECT DISTINCT * FROM unnest(user_ids, time_ranges, dates) AS given (user_id, time_range, day)) AS k
  CROSS JOIN LATERAL (
    SELECT * FROM list_facts
    WHERE (user_id, time_range, snapshot_date) = (k.user_id, k.time_range, k.day) OFFSET 0) AS fact;

  DELETE FROM snapshot_periods AS known
  USING (
    SELECT DISTINCT user_id, time_range, period, track_id
    FROM unnest(user_ids, time_ranges, dates, track_ids) AS given (user_id, time_range, day, track_id),
      unnest(periods_of(day)) AS period
  ) AS k
  WHERE (known.user_id, known.time_range, known.period, known.track_id) = (k.user_id, k.time_range, k.period, k.track_id);
  INSERT INTO snapshot_periods
  SELECT fact.*
  FROM (SELECT DISTINCT * FROM unnest(user_ids, time_ranges, track_ids) AS given (user_id, time_range, track_id)) AS k
  CROSS JOIN LATERAL (
    SELECT * FROM period_facts
    WHERE (user_id, time_range, track_id) = (k.user_id, k.time_range, k.track_id) OFFSET 0) AS fact
  ON CONFLICT DO NOTHING;
  PERFORM archives_changed(user_ids);
END $$;

CREATE FUNCTION recount_updated_snapshots() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM add_to_libraries(array_agg(user_id), array_agg(track_id)) FROM added;
  PERFORM recount_snapshots(
    array_agg(user_id), array_agg(time_range), array_agg(snapshot_date), array_agg(track_id))
  FROM (SELECT * FROM removed UNION ALL SELECT * FROM added) AS touched HAVING count(*) > 0;
  RETURN NULL;
END $$;

-- (A listener who is being deleted needs no count.)
CREATE FUNCTION recount_deleted_snapshots() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM recount_snapshots(
    array_agg(user_id), array_agg(time_range), array_agg(snapshot_date), array_agg(track_id))
  FROM removed JOIN users USING (user_id) HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION record_playlist_tracks() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM add_to_libraries(array_agg(user_id), array_agg(track_id)) FROM changed;
  PERFORM archives_changed(ARRAY(SELECT DISTINCT user_id FROM changed));
  RETURN NULL;
END $$;

-- A played track belongs to the listener's archive: it can be found, filtered and opened like a listed one.
CREATE FUNCTION record_plays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM add_to_libraries(array_agg(user_id), array_agg(track_id)) FROM added;
  PERFORM recount_plays(array_agg(user_id), array_agg(track_id), array_agg(played_at)) FROM added;
  RETURN NULL;
END $$;

CREATE FUNCTION recount_removed_plays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM recount_plays(array_agg(user_id), array_agg(track_id), array_agg(played_at)) FROM removed JOIN users USING (user_id);
  RETURN NULL;
END $$;

-- Who credits an artist with a track, or no longer, credits them with its plays.
CREATE FUNCTION follow_credits() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  PERFORM settle_tracks(ARRAY(SELECT DISTINCT track_id FROM changed));
  EXECUTE 'SELECT recount_artists(array_agg(user_id), array_agg(artist_id))
    FROM changed JOIN played_tracks USING (track_id) HAVING count(*) > 0';
  RETURN NULL;
END $$;

-- Another rule: other plays count. Another clock: the same ones on other days.
CREATE FUNCTION follow_rule() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM derive_counted(user_id) FROM was JOIN now USING (user_id)
  WHERE (was.counted_plays, was.timezone) <> (now.counted_plays, now.timezone);
  RETURN NULL;
END $$;

-- Rows that come by hundreds of thousands refer to their listener by no foreign key, which would look each of them up: this
-- trigger takes them along. (Who writes them holds the listener's row.)
CREATE FUNCTION forget_listeners() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  forgotten text;
BEGIN
  FOREACH forgotten IN ARRAY ARRAY['library_measures', 'played_tracks', 'played_artists', 'played_albums', 'play_endings',
    'play_days', 'played_from', 'discoveries', 'play_sessions', 'staged_plays']
  LOOP
    EXECUTE format('DELETE FROM %I', forgotten)
      || CASE TG_OP WHEN 'DELETE' THEN ' WHERE user_id IN (SELECT user_id FROM removed)' ELSE '' END;
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER tracks_inserted AFTER INSERT ON tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_tracks();
CREATE TRIGGER tracks_updated AFTER UPDATE ON tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_tracks();
CREATE TRIGGER artists_updated AFTER UPDATE ON artists
  REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_artists();
CREATE TRIGGER track_artists_inserted AFTER INSERT ON track_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_credits();
CREATE TRIGGER track_artists_deleted AFTER DELETE ON track_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_credits();

CREATE TRIGGER snapshots_inserted AFTER INSERT ON snapshots
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_snapshots();
CREATE TRIGGER snapshots_updated AFTER UPDATE ON snapshots
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION recount_updated_snapshots();
CREATE TRIGGER snapshots_deleted AFTER DELETE ON snapshots
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION recount_deleted_snapshots();

CREATE TRIGGER playlist_tracks_inserted AFTER INSERT ON playlist_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_playlist_tracks();
CREATE TRIGGER playlist_tracks_updated AFTER UPDATE ON playlist_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_playlist_tracks();
CREATE TRIGGER playlist_tracks_deleted AFTER DELETE ON playlist_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_changes();

-- (A history import counts its hundreds of thousands of plays at once: it says so for its own transaction.)
CREATE TRIGGER plays_inserted AFTER INSERT ON plays
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION record_plays();
CREATE TRIGGER plays_updated AFTER UPDATE ON plays
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION recount_removed_plays();
CREATE TRIGGER plays_deleted AFTER DELETE ON plays
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION recount_removed_plays();
CREATE TRIGGER played_tracks_inserted AFTER INSERT ON played_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION follow_first_plays('tracks', 'NOT is_hidden');
CREATE TRIGGER played_tracks_deleted AFTER DELETE ON played_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION follow_first_plays('tracks', 'NOT is_hidden');
CREATE TRIGGER played_artists_inserted AFTER INSERT ON played_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION follow_first_plays('artists', 'true');
CREATE TRIGGER played_artists_deleted AFTER DELETE ON played_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
  WHEN (current_setting('archive.derives_at_once', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION follow_first_plays('artists', 'true');
CREATE TRIGGER users_updated AFTER UPDATE ON users
  REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION follow_rule();
CREATE TRIGGER users_deleted AFTER DELETE ON users
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION forget_listeners();
CREATE TRIGGER users_truncated AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION forget_listeners();

CREATE TRIGGER own_audio_features_inserted AFTER INSERT ON own_audio_features
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_choices();
CREATE TRIGGER own_audio_features_updated AFTER UPDATE ON own_audio_features
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_choices();
CREATE TRIGGER own_audio_features_deleted AFTER DELETE ON own_audio_features
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_choices();
CREATE TRIGGER hidden_tracks_inserted AFTER INSERT ON hidden_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_choices('hidden');
CREATE TRIGGER hidden_tracks_deleted AFTER DELETE ON hidden_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_choices('hidden');
CREATE TRIGGER hidden_artists_inserted AFTER INSERT ON hidden_artists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_artist_choices();
CREATE TRIGGER hidden_artists_deleted AFTER DELETE ON hidden_artists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION settle_changed_artist_choices();

CREATE TRIGGER library_tracks_filled BEFORE INSERT ON library_tracks
  FOR EACH ROW WHEN (NEW.artist_names IS NULL) EXECUTE FUNCTION fill_library_track();
CREATE TRIGGER library_tracks_inserted AFTER INSERT ON library_tracks
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_added_tracks();
CREATE TRIGGER library_tracks_updated AFTER UPDATE ON library_tracks
  REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION follow_library();
CREATE TRIGGER library_tracks_deleted AFTER DELETE ON library_tracks
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_removed_tracks();

CREATE TRIGGER artist_snapshots_inserted AFTER INSERT ON artist_snapshots
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_artist_snapshots();
CREATE TRIGGER artist_snapshots_updated AFTER UPDATE ON artist_snapshots
  REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_artist_snapshots();
CREATE TRIGGER artist_snapshots_deleted AFTER DELETE ON artist_snapshots
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_artist_snapshots();
CREATE TRIGGER playlists_inserted AFTER INSERT ON playlists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER playlists_updated AFTER UPDATE ON playlists
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER playlists_deleted AFTER DELETE ON playlists
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER capture_runs_inserted AFTER INSERT ON capture_runs
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER capture_runs_updated AFTER UPDATE ON capture_runs
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER capture_runs_deleted AFTER DELETE ON capture_runs
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER play_gaps_inserted AFTER INSERT ON play_gaps
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER play_gaps_updated AFTER UPDATE ON play_gaps
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();
CREATE TRIGGER play_gaps_deleted AFTER DELETE ON play_gaps
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_changes();

-- Down Migration
DROP FUNCTION derive_all, derive_rows, order_of, same_columns, fill_measures, derive_played_measures, measures_settled, measure_columns, follow_added_tracks, follow_removed_tracks, derive_library, fill_library, add_to_libraries, settle_tracks, settle_library,
  library_columns, mark_changed, archives_changed, plays_changed, follow_changes, mark_changes, settle_changed_tracks,
  settle_changed_artists, settle_changed_choices, settle_changed_artist_choices, fill_library_track, follow_library,
  derive_plays, derive_counted, derive_some, days_of, recount_plays, recount_artists, recount_albums,
  recount_sessions, count_discoveries, follow_first_plays, follow_credits, follow_rule, forget_listeners, record_snapshots, recount_snapshots, recount_updated_snapshots, recount_deleted_snapshots, record_playlist_tracks, record_plays,
  recount_removed_plays, settle_listed_artists, recount_artist_snapshots, follow_artist_snapshots CASCADE;
DROP VIEW day_facts, from_facts, session_facts, discovery_facts;
DROP FUNCTION days_between, from_between, hours_of, sessions_between, has_lasted;
DROP VIEW measure_facts, artist_play_facts, album_play_facts, played_facts, tally_facts, month_facts, played_months, dated_plays, ending_facts, counted_plays, period_facts, list_facts,
  listed_artist_facts, artist_list_facts, artist_period_facts, library_facts, hidden_facts, listed_facts, track_facts, further_artists;
DROP FUNCTION sound_of;
