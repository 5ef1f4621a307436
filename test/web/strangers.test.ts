import { beforeAll, describe, expect, it } from 'vitest';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { listAddresses, PAGES } from '../support/addresses.ts';
import { nobody, useCast } from '../support/app.ts';
import { drilled } from '../support/drill.ts';
import {
  insertHistoryImport,
  insertImport,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTracks,
  type TrackFields,
} from '../support/factories.ts';

const test = useCast();
let [hers, his]: Record<string, string>[] = [];

beforeAll(async () => {
  hers = await giveArchive(test.aliceId, 'alicemark');
  his = await giveArchive(test.bobId, 'bobmark');
});

const DATES = ['2024-11-20', '2025-11-20', '2026-11-01', '2026-11-19', '2026-11-20'];
const TRACKS = 60;

/**
 * Everything an archive can hold, with the mark in every string of it, and all else the same: the same words, days
 * and sounds, so that whatever finds the one would find the other.
 */
async function giveArchive(userId: number, mark: string): Promise<Record<string, string>> {
  const { db } = test;
  const trackIds = await insertTracks(
    db,
    Array.from({ length: TRACKS }, (_, n) => trackOf(mark, n)),
  );
  for (const date of DATES)
    for (const range of ['short_term', 'medium_term', 'long_term'] as const)
      await insertSnapshot(
        db,
        userId,
        { date, range },
        date < '2026-11-20' ? trackIds.toReversed() : trackIds,
      );
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, context, raw_json)
     SELECT $1, now() - n * interval '5 hours', ids[1 + n % 50], $3, $3
     FROM generate_series(1, 120) AS n, (SELECT $2::text[] AS ids) AS given`,
    [userId, trackIds, JSON.stringify({ note: mark })],
  );
  await insertPlaylist(db, userId, { playlistId: `${mark}-list`, name: `Love ${mark} list` }, trackIds);
  const importId = await insertImport(db, userId, `${mark}.db`, { source: { file: `${mark}.db` } });
  await insertReject(db, userId, importId, { key: `track_id=${mark}`, text: `3 minutes of ${mark}` });
  const historyImportId = await insertHistoryImport(db, userId, trackIds[0] ?? '', `${mark}.json`);
  await db.execute('UPDATE history_import_rows SET original = $2 WHERE user_id = $1', [userId, `of ${mark}`]);
  await db.execute(
    `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at, failure)
     VALUES ($1, '2026-11-18', 'failed', now(), now(), $2)`,
    [userId, `failed for ${mark}`],
  );
  await db.withTransaction((tx) => refreshArchiveSummary(tx, userId));
  return {
    trackId: `${mark}-0`,
    bareTrackId: `${mark}-7`,
    artistId: `${mark}-artist-0`,
    albumId: `${mark}-album-0`,
    playlistId: `${mark}-list`,
    importId: String(importId),
    historyImportId: String(historyImportId),
    quadrant: 'happy',
    file: 'abc.svg',
    year: '2026',
    month: '11',
    day: '20',
  };
}

function trackOf(mark: string, n: number): TrackFields {
  const artist = `${mark}-artist-${n % 10}`;
  return {
    trackId: `${mark}-${n}`,
    name: `Love ${mark} dancing ${n}`,
    artistName: `${mark} band`,
    albumName: `Love ${mark} album`,
    popularity: n,
    releaseDate: `${1960 + n}-05-01`,
    artists: [artist],
    payload: {
      id: `${mark}-${n}`,
      explicit: n % 2 === 0,
      external_ids: { isrc: `${mark}isrc` },
      album: { id: `${mark}-album-${n % 5}`, album_type: `${mark}type` },
      extra: `${mark} payload`,
    },
    features:
      n === 7
        ? null
        : {
            energy: 0.3 + n / 100,
            valence: 0.3 + n / 100,
            danceability: 0.5,
            acousticness: 0.4,
            instrumentalness: 0.2,
            tempo: 100 + n,
            key: n % 12,
            mode: n % 2,
          },
  };
}

/**
 * A query that forgets the listener mostly shows the oldest rows, which are Alice's: so Bob asks for what each query
 * shows, and in a drill everybody asks for all.
 */
describe.each(PAGES.map((page) => [page.path, page] as const))('GET %s', (_path, page) => {
  it('shows a listener no string that only another has', { timeout: 60_000 }, async () => {
    const most = drilled(1, Infinity);
    for (const [visitor, ids, stranger, limit] of [
      [test.bob, his, /alicemark/i, Infinity],
      [test.alice, hers, /bobmark/i, most],
      // (The way to sign-in and back repeats the address, which has an id of hers.)
      [nobody(test), hers, /Love alicemark|alicemark band|ALICEMARK-ARTIST/, most],
    ] as const) {
      const addresses = listAddresses(page, ids ?? {}, drilled('of each query', 'each'));
      for (const address of addresses.slice(0, limit)) {
        // As bytes: files to take away come in many types.
        const { body } = await visitor.get(address).responseType('blob');
        expect.soft(stranger.exec((body as Buffer).toString()), address).toBeNull();
      }
    }
  });
});

describe('what a listener looks for by another’s names', () => {
  it.each([
    '/search?q=bobmark',
    '/search?q=bobmarc',
    '/search?q=artist:bobmark',
    '/api/suggestions?q=bobmark',
    '/explore?artist=bobmark',
    '/explore.csv?artist=bobmark',
    '/explore?album_type=bobmarktype',
    '/history?q=bobmark',
    '/playlists/new?from=search&q=bobmark',
    '/playlists/new?from=similar&track=bobmark-0&by=sound',
  ])('is not found: GET %s', async (address) => {
    const { text } = await test.alice.get(address);
    // What was typed may be repeated; a name of his has more than that.
    expect(text).not.toMatch(/Love bobmark|bobmark band|BOBMARK-ARTIST/);
  });
});

it('shows each what is their own, so that the test above has something to find', async () => {
  for (const address of [
    '/search?q=love',
    '/mood/happy',
    '/explore',
    '/history',
    '/settings',
    '/playlists',
  ]) {
    expect((await test.alice.get(address)).text).toContain('alicemark');
    expect((await test.bob.get(address)).text).toContain('bobmark');
  }
});

/** As many at once as hold every connection of the pool, and some that wait. */
const AT_ONCE = 16;

it('shows each only what is their own, too, where their requests cross', { timeout: 120_000 }, async () => {
  const asked = PAGES.flatMap((page) =>
    (
      [
        [test.alice, hers, /bobmark/i],
        [test.bob, his, /alicemark/i],
      ] as const
    ).map(([visitor, ids, stranger]) => ({
      visitor,
      stranger,
      address: listAddresses(page, ids ?? {})[0] ?? '',
    })),
  );
  const visit = async ({ visitor, stranger, address }: (typeof asked)[number]): Promise<void> => {
    const { body } = await visitor.get(address).responseType('blob');
    expect.soft(stranger.exec((body as Buffer).toString()), address).toBeNull();
  };
  for (const order of drilled([asked], [asked, asked.toReversed()])) {
    const waiting = [...order];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await visit(next);
      }),
    );
  }
});
