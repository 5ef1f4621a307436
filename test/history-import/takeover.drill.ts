import { beforeEach, expect, it } from 'vitest';
import type { InventedTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { pollPlays } from '../../src/plays/poll.ts';
import { captureSnapshots } from '../../src/snapshots/capture.ts';
import { deleteEverything } from '../support/database.ts';
import { ALICE, BOB } from '../support/app.ts';
import { useConnected } from '../support/connected.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertPlaylist } from '../support/factories.ts';
import { importRows, toldRow } from '../support/history-files.ts';

const test = useConnected();
const listed = standInListeners().find(({ id }) => id === ALICE)?.topTracks.short_term[0] as InventedTrack;

beforeEach(async () => {
  await deleteEverything(test.db);
  test.serve({
    [ALICE]: {
      recentlyPlayed: [
        { track: listed, played_at: new Date(Date.now() - 60_000).toISOString(), context: null },
      ],
    },
  });
});

const tracksOf = async (table: string, userId: number): Promise<string[]> =>
  (
    await test.db.many<{ id: string }>(`SELECT DISTINCT track_id AS id FROM ${table} WHERE user_id = $1`, [
      userId,
    ])
  ).map(({ id }) => id);

it.each([
  ['plays', pollPlays],
  ['lists', captureSnapshots],
])(
  'a track that files name by its names alone becomes the one that a capture of %s brings',
  async (_what, capture) => {
    const told = { name: listed.name, artist: listed.artists.map(({ name }) => name).join(', ') };
    const row = toldRow({ ...told, at: '2020-01-01T10:00:00Z', ms: 100_000 }, 1, 'lastfm');
    const [alice, bob] = [await test.connectListener(ALICE), await test.connectListener(BOB)];
    for (const userId of [alice, bob]) {
      await importRows(test.patient, userId, [row]);
      await insertPlaylist(test.db, userId, { playlistId: `p${userId}` }, await tracksOf('plays', userId));
    }
    const ours = await tracksOf('plays', bob);
    await capture(test.db, alice, test.access);
    for (const table of ['plays', 'playlist_tracks', 'played_tracks'])
      expect([table, await tracksOf(table, alice), await tracksOf(table, bob)]).toEqual([
        table,
        [listed.id],
        ours,
      ]);
    expect(await tracksOf('library_tracks', alice)).not.toContain(ours[0]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  },
);
