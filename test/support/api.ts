import { createApiToken, SCOPES, type Scope } from '../../src/users/api-tokens.ts';
import { API_ROOT, type Endpoint } from '../../src/web/api/endpoint.ts';
import type { TestApp } from './app.ts';
import {
  insertArtistSnapshot,
  insertListener,
  insertPlaylist,
  insertPlays,
  insertSnapshot,
  insertTrack,
} from './factories.ts';

/** What an endpoint is asked with in the place of the ids and days of its address; a new parameter needs a line here. */
export interface Samples {
  readonly [parameter: string]: string;
}

/** A program of a listener's: it asks the API with a token, as often as it likes. */
export interface Program {
  readonly userId: number;
  readonly samples: Samples;
  ask(address: string, init?: RequestInit): Promise<Response>;
}

export async function programOf(
  test: TestApp,
  { userId, samples }: { userId: number; samples: Samples },
  scopes: readonly Scope[] = SCOPES,
): Promise<Program> {
  const secret = await createApiToken(test.db, userId, { name: 'A test', scopes, days: 1 });
  return {
    userId,
    samples,
    async ask(address, init = {}) {
      await test.db.execute(`UPDATE api_tokens SET used_up_until = '-infinity' WHERE user_id = $1`, [userId]);
      const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${secret}` };
      return fetch(test.baseUrl + API_ROOT + address, { ...init, headers });
    },
  };
}

/** The address of an endpoint with its own example, and a listener's things in the place of ids. */
export function addressOf({ path, example }: Endpoint, samples: Samples): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const sample = samples[name];
    if (sample === undefined) throw new Error(`no sample for :${name} of ${path} (test/support/api.ts)`);
    return encodeURIComponent(sample);
  });
  const query = Object.entries(example?.query ?? {}).map(([name, value]) => [name, samples[name] ?? value]);
  const written = new URLSearchParams(query as [string, string][]).toString();
  return written === '' ? filled : `${filled}?${written}`;
}

/** A small archive in which every endpoint has something to say, and all names begin with `mark`. */
export async function insertApiArchive(
  { db }: Pick<TestApp, 'db'>,
  mark: string,
): Promise<{ userId: number; samples: Samples }> {
  const userId = await insertListener(db, `${mark}-listener`);
  const features = { energy: 0.8, valence: 0.9, danceability: 0.5, tempo: 120 };
  const ids: string[] = [];
  for (const n of [1, 2, 3])
    ids.push(
      await insertTrack(db, {
        trackId: `${mark}-track-${n}`,
        name: `Halo ${mark}-track-${n}`,
        artistName: `${mark}-artist`,
        albumName: `${mark}-album`,
        artists: [`${mark}-artist`],
        popularity: 50,
        releaseDate: '2008-11-18',
        payload: { album: { id: `${mark}-album-id` } },
        features: { ...features, energy: 0.7 + n / 10 },
      }),
    );
  for (const date of ['2024-12-30', '2024-12-31'])
    await insertSnapshot(db, userId, { date, range: 'long_term' }, ids);
  await insertArtistSnapshot(db, userId, { date: '2024-12-31', range: 'long_term' }, [`${mark}-artist`]);
  await insertPlaylist(db, userId, { playlistId: `${mark}-playlist` }, ids);
  await insertPlays(db, userId, [
    ['2024-12-31T10:00:00Z', `${mark}-track-1`],
    ['2024-12-31T11:00:00Z', `${mark}-track-1`],
  ]);
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, context)
     SELECT $1, played_at, $2, jsonb_build_object('type', 'artist', 'uri', 'spotify:artist:' || $3::text)
     FROM unnest('{2022-06-01T12:00:00Z, 2024-06-01T12:00:00Z}'::timestamptz[]) AS played_at`,
    [userId, `${mark}-track-3`, `${mark}-artist`],
  );
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, nth, skipped)
     SELECT user_id, played_at, track_id, 2, true FROM plays WHERE user_id = $1 AND played_at = '2024-12-31T11:00:00Z'`,
    [userId],
  );
  await db.execute(
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at, noticed_at)
     VALUES ($1, '2024-12-31T10:00:00Z', '2024-12-31T11:00:00Z', '2024-12-31T12:00:00Z')`,
    [userId],
  );
  const samples = {
    trackId: `${mark}-track-1`,
    artistId: `${mark}-artist`,
    albumId: `${mark}-album-id`,
    playlistId: `${mark}-playlist`,
    time: '2024',
    quadrant: 'happy',
  };
  return { userId, samples };
}
