import { MERGED_FEATURES, WITH_OWN_FEATURES } from '../catalogue/audio-features.ts';
import type { Queries } from '../db.ts';
import { csvHead, csvLine } from '../csv.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { FEATURE_LIMITS, FEATURE_NAMES } from './feature-columns.ts';

interface KnownRow {
  readonly track_id: string;
  readonly name: string | null;
  readonly artist_names: string;
  readonly features: readonly (string | null)[];
}

const AT_ONCE = 1_000;

const FEATURES = [...FEATURE_LIMITS].map(
  ([name, { least, most }]) => `audio_feature_between(features, '${name}', ${least}, ${most})::text`,
);

const KNOWN = hotQuery(
  'audio features: what is known, as a file',
  `
  SELECT library.track_id, library.name, library.artist_names, ARRAY[${FEATURES.join(', ')}] AS features
  FROM library_tracks AS library
  JOIN tracks ON tracks.track_id = library.track_id
  ${WITH_OWN_FEATURES}
  CROSS JOIN LATERAL (SELECT ${MERGED_FEATURES} AS features OFFSET 0) AS sound
  WHERE library.user_id = $1 AND library.track_id > $2
  ORDER BY library.track_id LIMIT ${AT_ONCE}`,
);

export async function* knownFeatureLines(db: Queries, userId: number): AsyncGenerator<string> {
  yield csvHead(['track_id', 'name', 'artists', ...FEATURE_NAMES]);
  let last = '';
  for (;;) {
    const rows = await db.many<KnownRow>(KNOWN, [userId, last]);
    yield rows.map(lineOf).join('');
    if (rows.length < AT_ONCE) return;
    last = rows.at(-1)?.track_id ?? '';
  }
}

/** Without the formula guard: -7.5 is only a number. */
const lineOf = ({ track_id, name, artist_names, features }: KnownRow): string =>
  `${csvLine([track_id, name ?? '', artist_names]).slice(0, -2)},${features.map((value) => value ?? '').join(',')}\r\n`;
