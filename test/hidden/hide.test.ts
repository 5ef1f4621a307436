import { beforeEach, describe, expect, it } from 'vitest';
import { setHidden } from '../../src/hidden/hide.ts';
import { getArchiveSummary } from '../../src/figures/summary.ts';
import { claimArchive } from '../../src/archives/unclaimed.ts';
import { addTracks } from '../../src/catalogue/tracks.ts';
import { useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertArchiveTracks, insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';
import { emptyTables } from '../support/table-dump.ts';

const test = useDatabase();
let alice: number;
let bob: number;

beforeEach(async () => {
  await emptyTables(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  await insertTrack(test.db, { trackId: 'song', artists: ['kids'] });
  await insertTrack(test.db, { trackId: 'duet', artists: ['ann', 'kids'] });
  await insertTrack(test.db, { trackId: 'plain', artists: ['ann'] });
  for (const userId of [alice, bob]) {
    await insertSnapshot(test.db, userId, { date: '2026-01-01' }, ['song', 'duet', 'plain']);
    await insertPlays(userId, ['song', 'plain']);
  }
});

/** One play of each, a minute apart. */
const insertPlays = (userId: number, ids: readonly string[], from = '2026-01-01T10:00:00Z') =>
  test.db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, raw_json)
     SELECT $1, $3::timestamptz + n * interval '1 minute', id, '{}' FROM unnest($2::text[]) WITH ORDINALITY AS p (id, n)`,
    [userId, ids, from],
  );

const hide = (kind: 'track' | 'artist', id: string, hidden = true) =>
  setHidden(test.db, alice, { kind, id, hidden });

async function hiddenOf(userId: number): Promise<string[]> {
  const rows = await test.db.many<{ track_id: string }>(
    'SELECT track_id FROM library_tracks WHERE user_id = $1 AND hidden ORDER BY 1',
    [userId],
  );
  return rows.map((row) => row.track_id);
}

describe('a hidden track', () => {
  it('is hidden from its listener alone, and comes back', async () => {
    expect(await hide('track', 'plain')).toBe('Track plain');
    expect([await hiddenOf(alice), await hiddenOf(bob)]).toEqual([['plain'], []]);
    await hide('track', 'plain', false);
    expect(await hiddenOf(alice)).toEqual([]);
  });

  it('leaves the summary at once, and returns to it', async () => {
    const before = await getArchiveSummary(test.db, alice);
    await hide('track', 'plain');
    const { figures, lists } = await getArchiveSummary(test.db, alice);
    expect([figures.tracks, figures.hidden, lists.short_term.hidden]).toEqual([2, 1, 1]);
    await hide('track', 'plain', false);
    expect(await getArchiveSummary(test.db, alice)).toEqual(before);
  });

  it('is no longer among the plays by day, also those still to come, and then again', async () => {
    await hide('track', 'plain');
    expect(await listStrayDerived(test.db)).toEqual([]);
    await insertPlays(alice, ['plain', 'song'], '2026-01-02T10:00:00Z');
    expect(await listStrayDerived(test.db)).toEqual([]);
    await test.db.execute(`DELETE FROM plays WHERE user_id = $1 AND played_at < '2026-01-02'`, [alice]);
    expect(await listStrayDerived(test.db)).toEqual([]);
    await hide('track', 'plain', false);
    expect(await listStrayDerived(test.db)).toEqual([]);
    expect(await test.db.many('SELECT FROM play_days WHERE user_id = $1', [alice])).toHaveLength(1);
  });

  it('may be chosen before it stands in the library', async () => {
    await insertTrack(test.db, { trackId: 'later' });
    await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'later')`, [alice]);
    await insertArchiveTracks(test.db, alice, ['later']);
    expect(await hiddenOf(alice)).toEqual(['later']);
  });
});

describe('a hidden artist', () => {
  it('hides every track they are credited on', async () => {
    expect(await hide('artist', 'kids')).toBe('KIDS');
    expect([await hiddenOf(alice), await hiddenOf(bob)]).toEqual([['duet', 'song'], []]);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });

  it('does not bring back a track that is hidden by itself', async () => {
    await hide('artist', 'kids');
    await hide('track', 'song');
    await hide('artist', 'kids', false);
    expect(await hiddenOf(alice)).toEqual(['song']);
  });

  it('hides a track that comes later, by a list or a play, and none of its plays is counted', async () => {
    await hide('artist', 'kids');
    await insertTrack(test.db, { trackId: 'new', artists: ['kids'] });
    await insertTrack(test.db, { trackId: 'played', artists: ['kids'] });
    await insertSnapshot(test.db, alice, { date: '2026-01-02' }, ['new']);
    await insertPlays(alice, ['played', 'played', 'plain'], '2026-01-02T10:00:00Z');
    expect(await hiddenOf(alice)).toEqual(['duet', 'new', 'played', 'song']);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });

  it('follows the credits: one that is added hides, one that is taken away shows', async () => {
    await hide('artist', 'kids');
    await test.db.execute(
      `INSERT INTO track_artists (track_id, artist_id, position) VALUES ('plain', 'kids', 2)`,
    );
    expect(await hiddenOf(alice)).toEqual(['duet', 'plain', 'song']);
    expect(await listStrayDerived(test.db)).toEqual([]);
    await test.db.execute(`DELETE FROM track_artists WHERE track_id = 'plain' AND artist_id = 'kids'`);
    expect(await hiddenOf(alice)).toEqual(['duet', 'song']);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });

  it('hides a track whose credits Spotify tells only later', async () => {
    await hide('artist', 'kids');
    await insertTrack(test.db, { trackId: '0123456789012345678901' });
    await insertArchiveTracks(test.db, alice, ['0123456789012345678901']);
    await test.db.withTransaction((tx) =>
      addTracks(tx, alice, [
        {
          trackId: '0123456789012345678901',
          isLocal: false,
          albumId: null,
          releaseDatePrecision: null,
          explicit: null,
          isrc: null,
          name: 'One more',
          artists: [{ artistId: 'kids', name: 'KIDS' }],
          albumName: null,
          durationMs: null,
          spotifyUrl: null,
          releaseDate: null,
          popularity: null,
          payload: {},
        },
      ]),
    );
    expect(await hiddenOf(alice)).toContain('0123456789012345678901');
  });
});

describe('an archive with hidden tracks', () => {
  it('can be deleted whole', async () => {
    await hide('artist', 'kids');
    await hide('track', 'plain');
    await test.db.execute('DELETE FROM users WHERE user_id = $1', [alice]);
    expect(await test.db.many('SELECT FROM hidden_tracks UNION ALL SELECT FROM hidden_artists')).toEqual([]);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });

  it('that is claimed brings its choices along', async () => {
    await hide('artist', 'kids');
    await hide('track', 'plain');
    await test.db.execute('UPDATE users SET spotify_id = NULL WHERE user_id = $1', [alice]);
    await claimArchive(test.db, bob, alice);
    expect(await hiddenOf(bob)).toEqual(['duet', 'plain', 'song']);
    expect(await listStrayDerived(test.db)).toEqual([]);
  });
});
