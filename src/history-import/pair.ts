import type { Transaction } from '../db.ts';
import { createPairTables, matchNearest, MOST_SECONDS_APART, secondsApart } from '../plays/pairs.ts';

/**
 * Fills `outcomes`: which play, of the archive or of a better source of the files, a row is the same listen as. Each
 * source is paired with what the better ones left; two rows of one source are two listens.
 */
export async function pairRows(tx: Transaction, userId: number): Promise<void> {
  await tx.execute(CREATE);
  const sources = await tx.many<{ source: string }>(SOURCES);
  const done: string[] = [];
  for (const { source } of sources) {
    await pairSource(tx, [userId, source, done]);
    done.push(source);
  }
}

const CREATE = `
  CREATE TEMP TABLE outcomes (
    row_id integer PRIMARY KEY, with_row_id integer, played_at timestamptz, track_id text, nth integer,
    takes_over boolean
  ) ON COMMIT DROP;
  CREATE TEMP TABLE open_plays (
    play text, source text, with_row_id integer, played_at timestamptz, track_id text, nth integer, ms_played integer,
    slot bigint
  ) ON COMMIT DROP;
  CREATE TEMP TABLE called_alike (track_id text, as_track_id text, is_other boolean) ON COMMIT DROP`;

const SOURCES = `
  SELECT source FROM (SELECT DISTINCT source FROM judged WHERE bucket IS NULL) AS s
  ORDER BY source_rank(source), source`;

async function pairSource(
  tx: Transaction,
  [userId, source, done]: readonly [number, string, readonly string[]],
): Promise<void> {
  await tx.execute('DELETE FROM open_plays; DELETE FROM called_alike');
  const open =
    (await tx.execute(OPEN_PLAYS, [userId, source])) + (await tx.execute(OPEN_ROWS, [source, done]));
  if (open === 0) return;
  await createPairTables(tx);
  await tx.execute(CALLED_ALIKE, [userId]);
  await tx.execute('ANALYZE open_plays; ANALYZE called_alike');
  await tx.execute(EDGES, [source]);
  await matchNearest(tx);
  await tx.execute(OUTCOMES, [source]);
  await tx.execute(BUCKETS);
}

/** Longer than any pair is apart, even with whole minutes: a pair is in the same slot or the next. */
const SLOT_SECONDS = 256;
const slotOf = (instant: string): string => `floor(extract(epoch FROM ${instant}) / ${SLOT_SECONDS})::bigint`;

const OPEN_PLAYS = `
  INSERT INTO open_plays
  SELECT 'play ' || row_number() OVER (ORDER BY played_at, track_id, nth), source, NULL, played_at, track_id, nth,
    ms_played, ${slotOf('played_at')}
  FROM plays AS p, (
    SELECT min(ended_at) - interval '5 minutes' AS first, max(ended_at) + interval '5 minutes' AS last
    FROM judged WHERE bucket IS NULL AND source = $2
  ) AS span
  WHERE user_id = $1 AND played_at BETWEEN span.first AND span.last AND source <> $2 AND NOT EXISTS (
    SELECT FROM paired_plays AS pair
    WHERE pair.user_id = $1 AND (pair.played_at, pair.track_id, pair.nth) = (p.played_at, p.track_id, p.nth)
      AND pair.source = $2)`;

/** That become plays. */
const OPEN_ROWS = `
  INSERT INTO open_plays
  SELECT 'row ' || row_id, source, row_id, ended_at, track_id, NULL, ms_played, ${slotOf('ended_at')}
  FROM judged, (
    SELECT min(ended_at) - interval '5 minutes' AS first, max(ended_at) + interval '5 minutes' AS last
    FROM judged WHERE bucket IS NULL AND source = $1
  ) AS span
  WHERE bucket IS NULL AND source = ANY ($2) AND ended_at BETWEEN span.first AND span.last`;

/** A song has another id on each album and edition: by id first, then by names. */
const CALLED_ALIKE = `
  INSERT INTO called_alike
  SELECT DISTINCT track_id, track_id, false FROM open_plays
  UNION ALL
  SELECT DISTINCT o.track_id, w.track_id, true
  FROM (SELECT DISTINCT track_id FROM open_plays) AS o
  JOIN library_tracks AS l ON l.user_id = $1 AND l.track_id = o.track_id
  JOIN wanted_tracks AS w ON w.title = split_part(l.search_text, E'\\n', 1) AND w.track_id <> o.track_id
  WHERE w.artist = split_part(l.search_text, E'\\n', 2) OR w.artist IN (
    SELECT search_form(artists.name) FROM track_artists JOIN artists USING (artist_id)
    WHERE track_artists.track_id = o.track_id)`;

const APART = secondsApart('p.played_at', 'j.ended_at', 'j.precision_ms');

const EDGES = `
  INSERT INTO edges
  SELECT j.row_id::text, p.play, row_number() OVER (
    ORDER BY alike.is_other, ${APART}, abs(j.ms_played - p.ms_played) NULLS LAST, j.row_key, p.played_at, p.track_id, p.nth,
      p.play)
  FROM open_plays AS p
  JOIN called_alike AS alike USING (track_id)
  CROSS JOIN generate_series(p.slot - 1, p.slot + 1) AS near (slot)
  JOIN (SELECT *, ${slotOf('ended_at')} AS slot FROM judged WHERE bucket IS NULL AND source = $1) AS j
    ON j.track_id = alike.as_track_id AND j.slot = near.slot
  WHERE ${APART} <= ${MOST_SECONDS_APART}`;

const OUTCOMES = `
  INSERT INTO outcomes
  SELECT one::int, with_row_id, played_at, track_id, nth, source_rank($1) < source_rank(source) AND NOT EXISTS (
    SELECT FROM outcomes AS better
    WHERE better.takes_over AND (better.played_at, better.track_id, better.nth) = (p.played_at, p.track_id, p.nth))
  FROM pairs JOIN open_plays AS p ON play = other`;

const BUCKETS = `
  UPDATE judged SET bucket = CASE p.source WHEN 'capture' THEN 'captured already' ELSE 'told by another file' END
  FROM pairs JOIN open_plays AS p ON p.play = other
  WHERE judged.row_id = one::int`;
