import { beforeEach, describe, expect, it } from 'vitest';
import { claimArchive, countUnclaimedArchives, listUnclaimedArchives } from '../../src/archives/unclaimed.ts';
import { DatabasePatience, withPatience } from '../../src/database/patience.ts';
import { createDb } from '../../src/db.ts';
import { getArchiveSummary, refreshArchiveSummary } from '../../src/figures/summary.ts';
import { checksumTables } from '../support/checksum.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import {
  insertArchiveTracks,
  insertArtistSnapshot,
  insertImport,
  insertListener,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  for (const trackId of ['a', 'b', 'c', 'd']) {
    await insertTrack(test.db, { trackId, name: `Song ${trackId}`, artistName: 'The Same' });
  }
});

/** An archive nobody has claimed, moved from one old file. */
async function insertUnclaimed(): Promise<{ archiveId: number; importId: number }> {
  const archiveId = await insertListener(test.db, null);
  return { archiveId, importId: await insertImport(test.db, archiveId, `old-${archiveId}.db`) };
}

const listsOf = (userId: number) =>
  test.db.many<{ list: string; places: string }>(
    `SELECT snapshot_date || ' ' || time_range AS list, string_agg(track_id || rank, ' ' ORDER BY rank) AS places
     FROM snapshots WHERE user_id = $1 GROUP BY 1 ORDER BY 1`,
    [userId],
  );

const playlistsOf = (userId: number) =>
  test.db.many<{ playlist_id: string; name: string; tracks: string | null }>(
    `SELECT playlist_id, name, string_agg(track_id || position, ' ' ORDER BY position) AS tracks
     FROM playlists LEFT JOIN playlist_tracks USING (user_id, playlist_id)
     WHERE user_id = $1 GROUP BY 1, 2 ORDER BY 1`,
    [userId],
  );

const rejectsOf = (userId: number) =>
  test.db.many<{ source_table: string; source_key: string; original: Record<string, { text: string }> }>(
    `SELECT source_table, source_key, original FROM import_rejects WHERE user_id = $1
     ORDER BY source_table, source_key`,
    [userId],
  );

describe('archives waiting for their owner', () => {
  it('are listed with what they hold and a sample to know them by', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a', 'b']);
    await insertSnapshot(test.db, archiveId, { date: '2023-02-01' }, ['b']);
    await insertSnapshot(test.db, alice, { date: '2023-02-01' }, ['c']);
    expect(await countUnclaimedArchives(test.db)).toBe(1);
    const archives = await listUnclaimedArchives(test.db);
    expect(archives).toHaveLength(1);
    expect(archives[0]).toMatchObject({
      archiveId,
      sources: [{ source_name: `old-${archiveId}.db`, source_layout: 'snapshots' }],
      sample: [{ name: 'Song b', artist_name: 'The Same' }, { name: 'Song a' }],
      totals: { snapshot_days: 2, snapshot_places: 3 },
      figures: { tracks: 2 },
    });
  });

  it('are none where every archive has its owner', async () => {
    expect(await listUnclaimedArchives(test.db)).toEqual([]);
    expect(await countUnclaimedArchives(test.db)).toBe(0);
  });
});

describe('a claim', () => {
  it('moves everything to the listener, and nothing is left behind', async () => {
    const { archiveId, importId } = await insertUnclaimed();
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a', 'b']);
    await insertPlaylist(test.db, archiveId, { playlistId: 'p', name: 'Old ones' }, ['b', 'c']);
    await insertArchiveTracks(test.db, archiveId, ['d']);
    await insertReject(test.db, archiveId, importId, { key: 'track_id=d', text: 'long' });
    await refreshArchiveSummary(test.db, archiveId);
    await claimArchive(test.db, alice, archiveId);

    expect(await listsOf(alice)).toEqual([{ list: '2023-01-01 short_term', places: 'a1 b2' }]);
    expect(await playlistsOf(alice)).toEqual([{ playlist_id: 'p', name: 'Old ones', tracks: 'b1 c2' }]);
    expect(await rejectsOf(alice)).toMatchObject([{ source_key: 'track_id=d', original: { text: 'long' } }]);
    const owners = await test.db.many('SELECT user_id, import_id FROM imports');
    expect(owners).toEqual([{ user_id: alice, import_id: importId }]);
    const { figures, totals } = await getArchiveSummary(test.db, alice);
    expect(figures.tracks).toBe(4);
    expect(totals).toMatchObject({ snapshot_places: 2, playlists: 1 });
    for (const table of ['users', 'library_tracks', 'snapshots', 'playlists', 'playlist_tracks', 'imports']) {
      expect(await test.db.many(`SELECT FROM ${table} WHERE user_id = $1`, [archiveId])).toEqual([]);
    }
  });

  it('may take longer than a page', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a']);
    await test.db.execute(
      `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN NULL; END'`,
    );
    await test.db.execute('CREATE TRIGGER dawdle BEFORE INSERT ON snapshots EXECUTE FUNCTION dawdle()');
    const settings = { url: test.url, poolMin: 0, poolMax: 2, applicationName: 'hurried' };
    const hurried = createDb({ ...settings, statementTimeoutMs: 2_500 });
    const patience = new DatabasePatience(() => true, 2_500);
    await withPatience(patience, () => claimArchive(hurried, alice, archiveId));
    await hurried.close();
    await test.db.execute('DROP FUNCTION dawdle CASCADE');
    expect(await listsOf(alice)).toHaveLength(1);
  });

  it('of two archives by one listener lets them complete each other', async () => {
    const one = await insertUnclaimed();
    const two = await insertUnclaimed();
    await insertSnapshot(test.db, one.archiveId, { date: '2023-01-01' }, ['a']);
    await insertPlaylist(test.db, two.archiveId, { playlistId: 'p' }, ['b']);
    await insertReject(test.db, one.archiveId, one.importId, { key: 'track_id=a', text: 'same' });
    await insertReject(test.db, two.archiveId, two.importId, { key: 'track_id=a', text: 'same' });
    await Promise.all([
      claimArchive(test.db, alice, one.archiveId),
      claimArchive(test.db, alice, two.archiveId),
    ]);
    expect((await listsOf(alice)).length).toBe(1);
    expect((await playlistsOf(alice)).length).toBe(1);
    expect((await getArchiveSummary(test.db, alice)).figures.tracks).toBe(2);
    expect(await rejectsOf(alice)).toHaveLength(1);
    expect(await test.db.many('SELECT FROM imports WHERE user_id = $1', [alice])).toHaveLength(2);
  });

  it('of two archives that hold the same lists keeps each list once', async () => {
    const archives = [await insertUnclaimed(), await insertUnclaimed(), await insertUnclaimed()];
    for (const { archiveId } of archives) {
      await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a', 'b']);
    }
    await Promise.all(archives.map(({ archiveId }) => claimArchive(test.db, alice, archiveId)));
    expect(await listsOf(alice)).toEqual([{ list: '2023-01-01 short_term', places: 'a1 b2' }]);
    expect(await rejectsOf(alice)).toEqual([]);
  });

  it('lets the listener’s own list of a day win, and keeps what gives way among the rejects', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertSnapshot(test.db, alice, { date: '2023-01-01' }, ['a', 'c']);
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a', ['b', 2], ['d', null]]);
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01', range: 'long_term' }, ['d']);
    await claimArchive(test.db, alice, archiveId);
    expect(await listsOf(alice)).toEqual([
      { list: '2023-01-01 long_term', places: 'd1' },
      { list: '2023-01-01 short_term', places: 'a1 c2' },
    ]);
    expect(await rejectsOf(alice)).toMatchObject(
      ['b', 'd'].map((trackId) => ({
        source_table: 'snapshots',
        source_key: `track_id=${trackId}, snapshot_date=2023-01-01, time_range=short_term`,
        original: {
          track_id: { type: 'text', text: trackId },
          snapshot_date: { text: '2023-01-01' },
          time_range: { text: 'short_term' },
          rank: { type: trackId === 'b' ? 'integer' : 'null', text: trackId === 'b' ? '2' : null },
        },
      })),
    );
  });

  it('takes lists of artists along in the same way', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertArtistSnapshot(test.db, alice, { date: '2023-01-01' }, ['ann', 'ben']);
    await insertArtistSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['ann', 'cleo']);
    await insertArtistSnapshot(test.db, archiveId, { date: '2023-01-02' }, ['cleo', 'ann']);
    await claimArchive(test.db, alice, archiveId);
    expect(
      await test.db.many(
        `SELECT user_id, snapshot_date::text AS date, string_agg(artist_id, ' ' ORDER BY rank) AS artists
         FROM artist_snapshots GROUP BY 1, 2 ORDER BY 2`,
      ),
    ).toEqual([
      { user_id: alice, date: '2023-01-01', artists: 'ann ben' },
      { user_id: alice, date: '2023-01-02', artists: 'cleo ann' },
    ]);
    expect(await rejectsOf(alice)).toMatchObject([
      { source_table: 'artist_snapshots', original: { artist_id: { text: 'cleo' }, rank: { text: '2' } } },
    ]);
  });

  it('joins playlists of one id: the listener’s name and places win, and the others are kept', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertPlaylist(test.db, alice, { playlistId: 'p', name: 'Mine' }, ['a', 'b']);
    await insertPlaylist(test.db, archiveId, { playlistId: 'p', name: 'Theirs' }, ['b', 'c']);
    await claimArchive(test.db, alice, archiveId);
    expect(await playlistsOf(alice)).toEqual([{ playlist_id: 'p', name: 'Mine', tracks: 'a1 b2 c2' }]);
    const rejects = await rejectsOf(alice);
    expect(rejects).toMatchObject([
      { source_table: 'playlist_tracks', source_key: 'playlist_id=p, track_id=b' },
      { source_table: 'playlists', source_key: 'playlist_id=p' },
    ]);
    expect(rejects[0]?.original).toMatchObject({ position: { text: '1' } });
    expect(rejects[1]?.original).toMatchObject({ name: { text: 'Theirs' } });
  });

  it('keeps no rejects of playlists that are the same', async () => {
    const { archiveId } = await insertUnclaimed();
    for (const userId of [alice, archiveId]) {
      await insertPlaylist(test.db, userId, { playlistId: 'p' }, ['a', 'b']);
    }
    await claimArchive(test.db, alice, archiveId);
    expect(await rejectsOf(alice)).toEqual([]);
  });

  it('drops nothing of an archive that came without an import', async () => {
    const archiveId = await insertListener(test.db, null);
    await insertSnapshot(test.db, alice, { date: '2023-01-01' }, ['a']);
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['b']);
    await claimArchive(test.db, alice, archiveId);
    expect(await listsOf(alice)).toEqual([{ list: '2023-01-01 short_term', places: 'a1' }]);
    expect(await rejectsOf(alice)).toMatchObject([{ original: { track_id: { text: 'b' } } }]);
  });

  it('counts once, also when five come at the same time', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a']);
    const outcomes = await Promise.allSettled(
      [alice, bob, alice, bob, alice].map((listener) => claimArchive(test.db, listener, archiveId)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals.map(({ reason }) => (reason as { status: number }).status)).toEqual([404, 404, 404, 404]);
    expect([...(await listsOf(alice)), ...(await listsOf(bob))]).toHaveLength(1);
  });

  it('waits for a list of the same day that is just being kept, instead of failing on it', async () => {
    const { archiveId } = await insertUnclaimed();
    await insertSnapshot(test.db, archiveId, { date: '2023-01-01' }, ['a', 'b']);
    let claim = Promise.resolve();
    await test.db.withTransaction(async (tx) => {
      await tx.execute('SELECT FROM users WHERE user_id = $1 FOR UPDATE', [alice]);
      claim = claimArchive(test.db, alice, archiveId);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await tx.execute(`INSERT INTO snapshots VALUES ($1, '2023-01-01', 'short_term', 'a', 5)`, [alice]);
    });
    await claim;
    expect(await listsOf(alice)).toEqual([{ list: '2023-01-01 short_term', places: 'a5' }]);
    expect(await rejectsOf(alice)).toHaveLength(2);
  });

  it.each([
    ['that never was', () => 999_999_999],
    ['of another listener', () => bob],
    ['of the listener’s own', () => alice],
  ])('of an archive %s is a 404 and changes nothing', async (_what, archiveId) => {
    await insertSnapshot(test.db, bob, { date: '2023-01-01' }, ['a']);
    await insertSnapshot(test.db, alice, { date: '2023-02-01' }, ['b']);
    const before = await checksumTables(test.db);
    await expect(claimArchive(test.db, alice, archiveId())).rejects.toMatchObject({ status: 404 });
    expect(await checksumTables(test.db)).toEqual(before);
  });
});
