import { createDb, type Db } from '../../../src/db.ts';
import { migrateUp } from '../../../src/database/schema.ts';
import { digestOf } from '../../../src/playlists/build.ts';
import { keepPlaylist } from '../../../src/playlists/playlists.ts';
import { attempt, tallyUp, type Tally } from './tally.ts';
import { trackIds, TRACKS, type Task } from './task.ts';

/** The app's own way, through a pool as large as a web process has by default. */
export async function writeToPostgres(url: string, task: Task): Promise<Tally> {
  await migrateUp(url);
  const db = createDb({ url, poolMin: 2, poolMax: 10, applicationName: 'bench' });
  try {
    const firstListener = await prepare(db, task.writers);
    const begun = performance.now();
    const attempts = await Promise.all(
      Array.from({ length: task.writers }, (_, writer) => write(db, firstListener + writer, task.playlists)),
    );
    return tallyUp(attempts.flat(), (performance.now() - begun) / 1000);
  } finally {
    await db.close();
  }
}

/** A listener for each writer, and the tracks. */
async function prepare(db: Db, writers: number): Promise<number> {
  await db.execute(
    `INSERT INTO tracks (track_id, name, artist_name)
     SELECT 'track-' || n, 'Track ' || n, 'Artist ' || n % 20 FROM generate_series(1, $1::int) AS n ON CONFLICT DO NOTHING`,
    [TRACKS],
  );
  const made = await db.many<{ user_id: number }>(
    `INSERT INTO users (display_name) SELECT 'Writer ' || n FROM generate_series(1, $1::int) AS n RETURNING user_id`,
    [writers],
  );
  return Math.min(...made.map(({ user_id: userId }) => userId));
}

async function write(db: Db, userId: number, playlists: number) {
  const attempts = [];
  for (let n = 0; n < playlists; n += 1) {
    const playlist = {
      name: `Playlist ${n}`,
      description: '',
      origin: { words: 'the bench', href: '/', recipe: '', arrange: 'As it is ranked' },
      trackIds: trackIds(userId + n),
      buildKey: digestOf([String(n)]),
    };
    attempts.push(await attempt(() => keepPlaylist(db, userId, playlist)));
  }
  return attempts;
}
