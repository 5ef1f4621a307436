import { SIMILAR_SHOWN } from '../../../src/similarity/sound.ts';
import type { LargeDatabase } from '../large-database/open.ts';
import { findSights } from '../visits/addresses.ts';
import { recordVisits } from '../visits/record.ts';
import { median } from './page-times.ts';

const BY_INDEX = 'track: similar by sound';

/** The classic formula, as it reads the features of every track of the listener where they were kept: in the payloads. */
const BY_SCAN = `
  WITH sounds AS (
    SELECT track_id, hidden, audio_feature(audio_features, 'energy') AS energy,
      audio_feature(audio_features, 'valence') AS valence, audio_feature(audio_features, 'danceability') AS danceability
    FROM library_tracks JOIN tracks USING (track_id) WHERE user_id = $1
  )
  SELECT other.track_id, 1 - (abs(other.energy - own.energy) + abs(other.valence - own.valence)
    + abs(other.danceability - own.danceability)) / 3 AS score
  FROM sounds AS own, sounds AS other
  WHERE own.track_id = $2 AND other.track_id <> $2 AND NOT other.hidden
    AND other.energy IS NOT NULL AND other.valence IS NOT NULL AND other.danceability IS NOT NULL
  ORDER BY score DESC, track_id LIMIT ${SIMILAR_SHOWN}`;

/** How much faster the index finds the most similar tracks than the formula over all of them, and if they agree. */
export async function compareSimilar({ db, userId }: LargeDatabase, rounds: number): Promise<string> {
  const sights = await findSights(db, userId);
  const [asked = []] = await recordVisits(db, userId, [`/tracks/${sights.track}`]);
  const query = asked.find(({ name }) => name === BY_INDEX);
  if (query === undefined) return `similar tracks: no query is called “${BY_INDEX}”`;
  const times: { readonly index: number[]; readonly scan: number[] } = { index: [], scan: [] };
  const answers = { index: '', scan: '' };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [way, sql] of [
      ['index', query.sql],
      ['scan', BY_SCAN],
    ] as const) {
      const begun = performance.now();
      const rows = await db.many<{ track_id: string; score: number | string }>(sql, query.values);
      if (round > 0) times[way].push(performance.now() - begun);
      // What is as far away but for the last bit may stand in either order.
      const scored = rows.map(({ track_id: id, score }) => `${Number(score).toFixed(9)} ${id}`);
      answers[way] = scored.toSorted().join(', ');
    }
  }
  const [index, scan] = [median(times.index), median(times.scan)];
  return (
    `similar tracks: ${index.toFixed(2)} ms by the index, ${scan.toFixed(2)} ms by the formula over all: ` +
    `${(scan / index).toFixed(0)} × faster, ${answers.index === answers.scan ? 'the same answer' : 'ANOTHER ANSWER'}`
  );
}
