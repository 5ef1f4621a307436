import { createHash } from 'node:crypto';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { LONG_OR_SHORT, SOURCE_LIMIT, type TrackList } from './track-list.ts';

/** SQL; `place` is the track's place in the original list. */
const ARRANGEMENTS = {
  rank: 'place',
  energy: 'energy NULLS LAST, place',
  // Every second tempo upwards, the others downwards: small steps that end where they began.
  tempo: 'tempo IS NULL, step % 2 = 0, CASE step % 2 WHEN 1 THEN step ELSE -step END',
  release: 'release_date NULLS LAST, place',
  shuffle: 'lot, place',
} as const;

export type Arrangement = keyof typeof ARRANGEMENTS;
export const ARRANGEMENT_NAMES = Object.keys(ARRANGEMENTS) as [Arrangement, ...Arrangement[]];

export interface BuildOptions {
  readonly take: number;
  readonly arrange: Arrangement;
  readonly seed: string;
  readonly clean: boolean;
  readonly perArtist: boolean;
  readonly without: readonly string[];
}

export interface Build {
  readonly trackIds: readonly string[];
  readonly listed: number;
  readonly leftOut: {
    readonly oneByOne: number;
    readonly explicit: number;
    readonly sameArtist: number;
  };
  readonly explicitUnknown: number;
  readonly digest: string;
}

interface BuiltRow {
  readonly track_ids: readonly string[];
  readonly listed: number;
  readonly one_by_one: number;
  readonly explicit: number;
  readonly same_artist: number;
  readonly explicit_unknown: number;
}

/** The same list and seed always give the same playlist. */
export async function buildPlaylist(
  db: Queries,
  userId: number,
  list: TrackList,
  options: BuildOptions,
): Promise<Build> {
  const listed = await list.listTrackIds(db, userId, SOURCE_LIMIT);
  const row = await db.one<BuiltRow>(BUILD[options.arrange], [
    userId,
    listed,
    options.without,
    options.clean,
    options.perArtist,
    options.take,
    options.seed,
  ]);
  return {
    trackIds: row.track_ids,
    listed: row.listed,
    leftOut: { oneByOne: row.one_by_one, explicit: row.explicit, sameArtist: row.same_artist },
    explicitUnknown: row.explicit_unknown,
    digest: digestOf(row.track_ids),
  };
}

export const digestOf = (trackIds: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(trackIds)).digest('base64url');

const buildSql = (arrangement: Arrangement): string => `
  WITH listed AS (
    SELECT a.track_id, a.explicit, a.energy, a.tempo, a.release_date, place,
      COALESCE(
        (SELECT artist_id FROM track_artists AS c WHERE c.track_id = a.track_id ORDER BY position LIMIT 1),
        'name:' || NULLIF(lower(a.artist_names), ''), 'track:' || a.track_id) AS artist
    FROM unnest($2::text[]) WITH ORDINALITY AS source (track_id, place)
    JOIN library_tracks AS a ON a.user_id = $1 AND a.track_id = source.track_id AND NOT a.hidden
  ),
  kept AS (SELECT * FROM listed WHERE track_id <> ALL ($3::text[])),
  fit AS (
    SELECT *, row_number() OVER (PARTITION BY artist ORDER BY place) AS nth_of_artist
    FROM kept WHERE NOT ($4 AND explicit IS TRUE)
  ),
  chosen AS (
    SELECT track_id, place, energy, tempo, release_date, explicit, md5($7 || ' ' || track_id) AS lot
    FROM fit WHERE NOT $5 OR nth_of_artist = 1
    ORDER BY place LIMIT $6
  ),
  stepped AS (
    SELECT *, row_number() OVER (PARTITION BY tempo IS NULL ORDER BY tempo, place) AS step FROM chosen
  )
  SELECT
    COALESCE((SELECT array_agg(track_id ORDER BY ${ARRANGEMENTS[arrangement]}) FROM stepped), '{}') AS track_ids,
    (SELECT count(*)::int FROM listed) AS listed,
    (SELECT count(*)::int FROM listed) - (SELECT count(*)::int FROM kept) AS one_by_one,
    (SELECT count(*)::int FROM kept) - (SELECT count(*)::int FROM fit) AS explicit,
    CASE WHEN $5 THEN (SELECT count(*)::int FROM fit WHERE nth_of_artist > 1) ELSE 0 END AS same_artist,
    (SELECT count(*)::int FROM chosen WHERE explicit IS NULL) AS explicit_unknown`;

const BUILD: Readonly<Record<Arrangement, string>> = {
  rank: hotQuery('playlist builder: what is chosen, by rank', buildSql('rank'), LONG_OR_SHORT),
  energy: hotQuery('playlist builder: what is chosen, energy rising', buildSql('energy'), LONG_OR_SHORT),
  tempo: hotQuery('playlist builder: what is chosen, tempo flow', buildSql('tempo'), LONG_OR_SHORT),
  release: hotQuery('playlist builder: what is chosen, by release', buildSql('release'), LONG_OR_SHORT),
  shuffle: hotQuery('playlist builder: what is chosen, shuffled', buildSql('shuffle'), LONG_OR_SHORT),
};
