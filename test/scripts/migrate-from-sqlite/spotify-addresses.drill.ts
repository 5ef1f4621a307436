import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { trackIdIn } from '../../../scripts/migrate-from-sqlite/read/spotify-address.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, PLAYLISTS_SCHEMA, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);
const ID = '4uLU6hMCjMI75M1A2tKUQC';
const OTHER = '7ouMYWpwJ422jRcDASZB7P';
const URI = `spotify:track:${ID}`;
const ADDRESS = `https://open.spotify.com/intl-de/track/${ID}?si=abc`;
const day = { time_range: 'short_term', rank: 1 };
const ids = async (): Promise<string[]> =>
  (await test.db.many<{ track_id: string }>('SELECT track_id FROM tracks ORDER BY 1')).map(
    ({ track_id }) => track_id,
  );

it.each([
  [URI, ID],
  [`https://open.spotify.com/track/${ID}`, ID],
  [ADDRESS, ID],
  [`open.spotify.com/track/${ID}`, ID],
  [ID, null],
  ['spotify:track:short', null],
  [`spotify:album:${ID}`, null],
  ['spotify:local:Artist:Album:Title:200', null],
  [`https://example.org/track/${ID}`, null],
])('%s holds the ID %s', (text, id) => {
  expect(trackIdIn(text)).toBe(id);
});

describe('a track under its URI or address', () => {
  it('is the track of that ID: the rows complete each other, lists and all; again nothing changes', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: URI, name: 'Song', raw_json: '{"a": 1.10}' });
      insert(db, 'tracks', { track_id: ID, name: 'Song', album_name: 'Album' });
      insert(db, 'tracks', { track_id: `spotify:track:${OTHER}`, name: 'Alone' });
      insert(db, 'snapshots', { track_id: URI, snapshot_date: '2024-01-01', ...day });
      insert(db, 'snapshots', { track_id: ADDRESS, snapshot_date: '2024-01-02', ...day });
      insert(db, 'snapshots', { track_id: ID, snapshot_date: '2024-01-02', ...day });
      insert(db, 'snapshots', { track_id: ID, snapshot_date: '2024-01-03', ...day });
    });
    const report = await move(file);
    expect(exitCodeOf(report)).toBe(0);
    expect(report.conversions).toEqual({ 'a Spotify address of a track to its ID': 4 });
    expect(report.tables).toMatchObject([
      { read: 3, moved: 2, duplicates: 1 },
      { read: 4, moved: 3, duplicates: 1 },
    ]);
    expect(await ids()).toEqual([ID, OTHER]);
    expect(await track(ID)).toMatchObject({ name: 'Song', album_name: 'Album', raw_text: '{"a": 1.10}' });
    expect((await move(file)).changed).toBe(false);
  });

  it('is kept apart, with a warning, where another row of that ID says something else', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: URI, name: 'One' }, { track_id: ID, name: 'Another' });
      insert(db, 'snapshots', { track_id: URI, snapshot_date: '2024-01-01', ...day });
    });
    const report = await move(file);
    expect(exitCodeOf(report)).toBe(0);
    expect(await ids()).toEqual([ID, URI]);
    expect(report.warnings).toEqual([expect.stringMatching(`^'${ID}', '${URI}': `)]);
    expect(await test.db.many('SELECT track_id FROM snapshots')).toEqual([{ track_id: URI }]);
    expect((await move(file)).changed).toBe(false);
  });

  it('in the playlists layout: entries follow, the earlier time stays', async () => {
    const at = '2024-03-15 14:30:22';
    const file = archive((db) => {
      insert(db, 'tracks', { id: 1, spotify_id: ID, name: 'Song', created_at: at });
      insert(db, 'tracks', {
        id: 2,
        spotify_id: URI,
        name: 'Song',
        popularity: 5,
        created_at: '2024-03-16 00:00:00',
      });
      insert(db, 'playlist_tracks', { playlist_id: 'p', track_id: 2, position: 1, created_at: at });
    }, PLAYLISTS_SCHEMA);
    const report = await move(file);
    expect(await ids()).toEqual([ID]);
    expect(await track(ID)).toMatchObject({ popularity: 5 });
    expect(await test.db.many('SELECT track_id FROM playlist_tracks')).toEqual([{ track_id: ID }]);
    expect(report.tables.map(({ read, moved, duplicates }) => [read, moved, duplicates])).toEqual([
      [0, 0, 0],
      [2, 1, 1],
      [1, 1, 0],
    ]);
    expect(await listRejects()).toMatchObject([
      { source_column: 'created_at', reason: 'the archive already has an earlier time' },
    ]);
  });
});
