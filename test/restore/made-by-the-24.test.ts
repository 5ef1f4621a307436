import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { restoreArchive } from '../../src/restore/restore.ts';
import { useDatabase } from '../support/database.ts';

/**
 * An export, and a dump of the rows it was made of, by the last commit before the schema was laid out again. A column
 * that came later is not in the dump, and one that only the database derives may be called otherwise by now.
 */
const made = path.join(import.meta.dirname, 'made-by-the-24');
const dump = JSON.parse(gunzipSync(readFileSync(path.join(made, 'rows.json.gz'))).toString()) as Record<
  string,
  string[]
>;
const CATALOGUE = new Set(['tracks', 'artists', 'track_artists']);

const nameNow = (table: string): string => (table === 'archive_tracks' ? 'library_tracks' : table);

const test = useDatabase();
let userId = 0;

beforeAll(async () => {
  const restored = await restoreArchive(test.patient, path.join(made, 'alice.zip'));
  const found = await test.db.one<{ id: number }>(`SELECT user_id AS id FROM users WHERE spotify_id = $1`, [
    restored.spotifyId,
  ]);
  userId = found.id;
});

it.each(Object.entries(dump).filter(([table]) => !['archive_summaries', 'play_quarters'].includes(table)))(
  'gives the same %s, row for row',
  async (table, lines) => {
    // jsonb compares numbers and keys by what they mean, and JSON.parse would not keep all of them.
    const { missing, rows } = await test.db.one<{ missing: string[]; rows: number }>(
      `WITH here AS (
       SELECT to_jsonb(t) - 'user_id' AS row FROM ${nameNow(table)} AS t ${CATALOGUE.has(table) ? '' : 'WHERE user_id = $2'}
     ), known AS (SELECT ARRAY(SELECT jsonb_object_keys($1::jsonb -> 0)) AS columns),
     compared AS (
       SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(row) WHERE key = ANY (columns)) AS row
       FROM here, known
     )
     SELECT ARRAY(
       (SELECT value::text FROM jsonb_array_elements($1::jsonb) EXCEPT ALL SELECT row::text FROM compared)
     ) AS missing, (SELECT count(*)::int FROM compared) AS rows, $2::bigint`,
      [`[${lines.join(',')}]`, userId],
    );
    expect(missing).toEqual([]);
    expect(rows).toBe(lines.length);
  },
);

it('gives the same plays of each day as the quarters of an hour once held', async () => {
  const { known, kept } = await test.db.one<{ known: unknown; kept: unknown }>(
    `SELECT (SELECT jsonb_object_agg(day, plays) FROM (
         SELECT ((row ->> 'quarter')::timestamptz AT TIME ZONE timezone)::date AS day, sum((row ->> 'plays')::int) AS plays
         FROM jsonb_array_elements($1::jsonb) AS row, users WHERE user_id = $2 GROUP BY 1) AS d) AS known,
       (SELECT jsonb_object_agg(day, plays) FROM play_days WHERE user_id = $2) AS kept`,
    [`[${(dump.play_quarters ?? []).join(',')}]`, userId],
  );
  expect(kept).toEqual(known);
});

it('gives the same figures', async () => {
  const kept = await test.db.one<{ line: string }>(
    `SELECT jsonb_build_object('summary', summary, 'mood', mood)::text AS line FROM archive_summaries WHERE user_id = $1`,
    [userId],
  );
  // An average of floats depends on the order in which they are added.
  const read = (line = 'null'): unknown =>
    JSON.parse(line, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(9)) : value));
  expect(read(kept.line)).toEqual(read(dump.archive_summaries?.[0]));
});
