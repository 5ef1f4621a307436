import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/measure/large-database/fill.ts';
import { openLarge } from '../../scripts/measure/large-database/open.ts';
import { type Asked, recordingDb } from '../../scripts/measure/visits/recording-db.ts';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { listHotQueries } from '../../src/database/hot-queries.ts';
import { NOT_EXPORTED } from '../../src/exports/tables.ts';
import { KEPT_PAGES } from '../../src/web/kept-pages.ts';
import { listAddresses, PAGES } from '../support/addresses.ts';
import { ALICE, signIn, useApp, type Visitor } from '../support/app.ts';
import { drilled } from '../support/drill.ts';
import { insertHistoryImport } from '../support/factories.ts';

/** Not asked for a page: whose queries need no plan, and why. */
const NOT_OF_A_PAGE: Readonly<Record<string, string>> = {
  'src/exports/download-lease.ts': 'one download at a time: its own row, by its key',
  'src/exports/pack.ts': 'a whole archive, to take away: all of it is read, once',
  'src/exports/read-rows.ts': 'a whole archive, to take away: all of it is read, once',
  'src/exports/tables.ts': 'a whole archive, to take away: all of it is read, once',
  'src/database/schema.ts': 'asked until the schema is there, then never again',
  'src/web/operations/readiness.ts': 'whether the database answers at all, for health checks',
};
/** More statements than this for one page want a better shape; who is asking is one of them. */
const MOST_STATEMENTS = 6;
/** Pages that ask less, of which each has a number of its own: more is a page that became dearer. */
const ASK_LESS: Readonly<Record<string, number>> = {
  // (One of them for who may claim an archive.)
  '/dashboard': 3,
  '/artists/:artistId': 4,
  '/albums/:albumId': 4,
  '/tracks/:trackId': 4,
  '/mood': 2,
  '/settings': 2,
  '/explore': 6,
  '/time-machine': 3,
  '/history': 4,
  '/history/when': 3,
};
/** Pages that may ask more, and why. */
const MAY_ASK_MORE: Readonly<Record<string, { readonly statements: number; readonly because: string }>> = {
  '/search': { statements: 7, because: 'where nothing is found, it asks what may have been meant' },
  '/playlists/:playlistId': {
    statements: 7,
    because: 'of a sent one, what Spotify did not take is asked besides',
  },
  '/settings/imports/:importId/rejects.csv': { statements: 7, because: 'a file is read page by page' },
  '/settings/imports/:importId/rejects.jsonl': { statements: 7, because: 'a file is read page by page' },
};

let asked: Asked[] = [];
const test = useApp({}, { wrapDb: (db) => recordingDb(db, (statement) => asked.push(statement)) });
let alice: Visitor;
const ids: Record<string, string> = {};

beforeAll(async () => {
  const db = openLarge(test.url);
  const size = { seed: 3, listeners: 2, tracks: 400, snapshots: 4_000, observed: { tracks: 200, days: 20 } };
  const userId = await fillLargeDatabase(db, size);
  await db.execute('UPDATE users SET spotify_id = $1 WHERE user_id = $2', [ALICE, userId]);
  const known = await db.one<Record<string, string>>(
    `SELECT track_id AS "trackId", artist_id AS "artistId", album_id AS "albumId", playlist_id AS "playlistId", import_id AS "importId",
       (SELECT min(track_id) FROM library_tracks WHERE user_id = $1 AND energy IS NULL AND listings > 0) AS "bareTrackId"
     FROM playlist_tracks JOIN library_tracks USING (user_id, track_id) JOIN track_artists USING (track_id)
       JOIN imports USING (user_id)
     WHERE user_id = $1 AND energy IS NOT NULL LIMIT 1`,
    [userId],
  );
  ids.historyImportId = String(await insertHistoryImport(db, userId, known.trackId ?? ''));
  await db.withTransaction(async (tx) => {
    await tx.execute(
      `INSERT INTO own_audio_features (user_id, track_id, audio_features) VALUES ($1, $2, '{"energy": 0.5}')`,
      [userId, known.trackId],
    );
    await refreshArchiveSummary(tx, userId);
  });
  // A cover is drawn from its name alone.
  Object.assign(ids, known, { file: 'abc.svg', quadrant: 'happy', year: '2026', month: '11', day: '20' });
  await db.close();
  alice = await signIn(test, ALICE);
  await alice.get('/settings').expect(200);
});

/** By the path of the page. */
const askedBy = new Map<string, Asked[]>();

describe.each(PAGES.map((page) => [page.path, page] as const))('GET %s', (_path, page) => {
  it('asks only what npm run explain knows, and not much of it', { timeout: 60_000 }, async () => {
    const registered = new Set(listHotQueries().map(({ sql }) => sql));
    for (const address of listAddresses(page, ids, drilled('of each query', 'each'))) {
      asked = [];
      const { status } = await alice.get(address);
      const mayBeMissing = address.endsWith('page=2') || address.includes(`${ids.bareTrackId}/payload`);
      expect.soft(status < 400 || (status === 404 && mayBeMissing), address).toBe(true);
      const statements = asked.filter(({ by }) => NOT_OF_A_PAGE[by] === undefined);
      askedBy.set(page.path, [...(askedBy.get(page.path) ?? []), ...asked]);
      const unknown = statements.filter(({ sql }) => !registered.has(sql));
      // Name each with hotQuery() where it lives.
      expect
        .soft(unknown.map(({ sql, by }) => `${by}: ${sql.trim().slice(0, 100)}`).join('; '), address)
        .toBe('');
      const most = MAY_ASK_MORE[page.path]?.statements ?? ASK_LESS[page.path] ?? MOST_STATEMENTS;
      expect.soft(statements.length, address).toBeLessThanOrEqual(most);
    }
  });
});

/** What a kept page may read besides what the version of an archive tells: it is kept under these, too. */
const KEPT_UNDER = new Set(['users', 'sessions', 'spotify_connections', 'spotify_limits', 'archive_changes']);

describe.each(KEPT_PAGES)('GET %s, which is kept', (path) => {
  it('reads nothing that changes without another version of the archive', { timeout: 60_000 }, async () => {
    const statements = new Map(askedBy.get(path)?.map((one) => [one.sql, one]));
    const read = new Set((await Promise.all([...statements.values()].map(tablesOf))).flat());
    const told = await test.db.many<{ name: string }>(TOLD_TABLES);
    const derived = Object.keys(NOT_EXPORTED).filter((name) => NOT_EXPORTED[name]?.startsWith('derived'));
    const known = new Set([...told.map(({ name }) => name), ...derived, ...KEPT_UNDER]);
    expect(read.size).toBeGreaterThan(KEPT_UNDER.size);
    expect([...read].filter((table) => !known.has(table))).toEqual([]);
  });
});

/** Changes of these are another version: test/users/archive-version.test.ts sees whether they are. */
const TOLD_TABLES = `
  SELECT relname AS name FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid JOIN pg_proc AS p ON p.oid = tgfoid
  WHERE NOT tgisinternal AND proname <> 'refuse_changed_plays' GROUP BY relname`;

async function tablesOf({ sql, values }: Asked): Promise<string[]> {
  const [plan] = await test.db.many<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${sql}`, [...values]);
  const names = JSON.stringify(plan).matchAll(/"Relation Name":"(\w+)"/g);
  return [...names].map(([, name]) => name as string);
}
