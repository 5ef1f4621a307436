import { beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import type { Endings } from '../../src/listening/endings.ts';
import { formatPercent } from '../../src/web/page/format.ts';
import { useCast } from '../support/app.ts';
import { programOf } from '../support/api.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertEmptyHistoryImport, insertTrack } from '../support/factories.ts';

const test = useCast();
const random = randomFor(21, 'skips');
const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

/** What a source says of one play; null: it does not say. */
interface Told {
  readonly track: string;
  readonly ended: boolean | null;
  readonly skipped: boolean | null;
  readonly shuffle: boolean | null;
  readonly offline: boolean | null;
  /** Told by a capture, with the row of a file beside it. */
  readonly captured: boolean;
}
let told: Told[];

beforeAll(async () => {
  const payload = { album: { id: 'album' } };
  for (const trackId of ['a', 'b', 'unseen'])
    await insertTrack(test.db, { trackId, name: `Song ${trackId}`, artists: ['ann'], payload });
  await insertTrack(test.db, { trackId: 'c', name: 'Song c', artists: ['ben'] });
  const known = [true, false, null];
  told = Array.from({ length: 300 }, () => ({
    track: one(['a', 'a', 'b', 'c', 'unseen']),
    ended: one(known),
    skipped: one(known),
    shuffle: one(known),
    offline: one(known),
    captured: random() < 0.2,
  }));
  const imported = await insertEmptyHistoryImport(test.db, test.aliceId);
  for (const sql of [PLAYS, PAIRED])
    await test.db.execute(sql, [
      test.aliceId,
      imported,
      JSON.stringify(told.map((row, at) => ({ ...row, at }))),
    ]);
  // As an import does it, which counts a captured play after its row is beside it.
  await test.db.execute('SELECT derive_plays($1)', [test.aliceId]);
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'unseen')`, [
    test.aliceId,
  ]);
});

const ROWS = `jsonb_to_recordset($3) AS row (track text, ended boolean, skipped boolean, shuffle boolean, offline boolean,
  captured boolean, at int)`;
const FILE_ROW = `jsonb_strip_nulls(jsonb_build_object('shuffle', shuffle, 'offline', offline))`;
const PLAYS = `
  INSERT INTO plays (user_id, played_at, track_id, source, ms_played, reached_end, skipped, history_import_id, row_key, file_row)
  SELECT $1, '2020-01-01T00:00:00Z'::timestamptz + at * interval '1 hour', track,
    CASE WHEN captured THEN 'capture' ELSE 'spotify extended' END, 1000, ended, skipped,
    CASE WHEN NOT captured THEN $2::bigint END, CASE WHEN NOT captured THEN md5('row ' || at)::uuid END,
    CASE WHEN NOT captured THEN ${FILE_ROW} END
  FROM ${ROWS}`;
const PAIRED = `
  INSERT INTO paired_plays (user_id, row_key, history_import_id, source, ended_at, own_track_id, file_row, played_at, track_id, nth)
  SELECT $1, md5('row ' || at)::uuid, $2, 'spotify extended', played_at, track, ${FILE_ROW}, played_at, track, 1
  FROM ${ROWS}, LATERAL (SELECT '2020-01-01T00:00:00Z'::timestamptz + at * interval '1 hour' AS played_at) AS p
  WHERE captured`;

/** Which of `told` are still there. */
const LEFT = `SELECT (extract(epoch FROM played_at - '2020-01-01T00:00:00Z') / 3600)::int AS at FROM plays WHERE user_id = $1`;

const textOf = async (path: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(path).expect(200)).text;
const wordsOf = async (path: string, visitor = test.alice): Promise<string> =>
  (await textOf(path, visitor)).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

/** Counted one by one: "31 of 40 (78 %)". */
function countSlowly(tracks: readonly string[], of: 'ended' | 'skipped' | 'shuffle' | 'offline'): string {
  const known = told.filter((row) => tracks.includes(row.track) && row[of] !== null);
  const count = known.filter((row) => row[of]).length;
  return `${count} of ${known.length} (${formatPercent(count, known.length)})`;
}

describe('how plays ended', () => {
  it.each([
    ['/tracks/a', ['a']],
    ['/tracks/unseen', ['unseen']],
    ['/artists/ann', ['a', 'b']],
    ['/albums/album', ['a', 'b']],
    ['/history/skips?span=all', ['a', 'b', 'c']],
  ])(
    'is told on %s, each figure beside what it rests on, also of plays too short to count',
    async (path, tracks) => {
      const words = await wordsOf(path);
      expect(words).toContain(`Played to the end ${countSlowly(tracks, 'ended')}`);
      expect(words).toContain(`Skipped ${countSlowly(tracks, 'skipped')}`);
      expect(words).toContain(`On shuffle ${countSlowly(tracks, 'shuffle')}`);
      expect(words).toContain(`Offline ${countSlowly(tracks, 'offline')}`);
    },
  );

  it.each([
    ['/tracks/a', ['a']],
    ['/artists/ann', ['a', 'b']],
    ['/albums/album', ['a', 'b']],
  ])('is told to programs at %s/listening', async (path, tracks) => {
    const program = await programOf(test, { userId: test.aliceId, samples: {} });
    const answer = (await (await program.ask(`${path}/listening`)).json()) as { endings: Endings };
    const { skipped, skip_known: known } = answer.endings;
    expect(`${skipped} of ${known} (${formatPercent(skipped, known)})`).toBe(countSlowly(tracks, 'skipped'));
  });

  it('is kept by the database, whichever process writes', async () => {
    expect(await listStrayDerived(test.patient)).toEqual([]);
    await test.db.execute(`UPDATE plays SET skipped = true WHERE user_id = $1 AND track_id = 'c'`, [
      test.aliceId,
    ]);
    await test.db.execute(`DELETE FROM plays WHERE user_id = $1 AND track_id = 'b' AND skipped`, [
      test.aliceId,
    ]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('tells what was skipped most, hidden tracks left out', async () => {
    const shown = [...(await textOf('/history/skips?span=all')).matchAll(/href="\/tracks\/(\w+)"/g)].map(
      ([, id]) => id,
    );
    const skips = ({ length }: readonly Told[]): number => length;
    const c = skips(told.filter(({ track }) => track === 'c'));
    const a = skips(told.filter(({ track, skipped }) => track === 'a' && skipped));
    expect([...new Set(shown)]).toEqual(a > c ? ['a', 'c'] : ['c', 'a']);
  });

  it('is counted in any range, in the days of the listener', async () => {
    const path = '/history/skips?from=2020-01-02&to=2020-01-04';
    const inRange = (_row: Told, at: number): boolean => at >= 24 && at < 96;
    const left = new Set((await test.db.many<{ at: number }>(LEFT, [test.aliceId])).map(({ at }) => at));
    const rows = told.map((row) => (row.track === 'c' ? { ...row, skipped: true } : row));
    const seen = rows.filter((row, at) => inRange(row, at) && left.has(at) && row.track !== 'unseen');
    const known = seen.filter(({ skipped }) => skipped !== null);
    const skipped = known.filter((row) => row.skipped);
    const words = await wordsOf(path);
    expect(words).toContain(
      `Skipped ${skipped.length} of ${known.length} (${formatPercent(skipped.length, known.length)})`,
    );
    for (const track of ['a', 'c']) {
      const of = (some: readonly Told[]): number => some.filter((row) => row.track === track).length;
      expect(words).toMatch(new RegExp(`Song ${track} .*of ${of(known)} plays? Skipped ${of(skipped)}`));
    }
  });

  it('is not known where no source says it, which the page says', async () => {
    expect(await wordsOf('/history/skips', test.bob)).toMatch(/extended history.*Import/);
  });
});
