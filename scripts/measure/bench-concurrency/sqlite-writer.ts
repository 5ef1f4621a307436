import { once } from 'node:events';
import Database from 'better-sqlite3';
import { attempt } from './tally.ts';
import { trackIds } from './task.ts';

/** One web worker of the old edition: looks whether the playlist is there, then writes it, in one transaction. */
const [file = '', writer = '', playlists = ''] = process.argv.slice(2);
const database = new Database(file, { timeout: 5_000 });
const find = database.prepare('SELECT count(*) AS known FROM playlist_tracks WHERE playlist_id = ?');
const insert = database.prepare(
  `INSERT INTO playlist_tracks (playlist_id, track_id, position, created_at)
   SELECT ?, id, ?, datetime('now') FROM tracks WHERE spotify_id = ?`,
);
const keep = database.transaction((playlist: string, ids: readonly string[]) => {
  const { known } = find.get(playlist) as { known: number };
  if (known === 0) for (const [place, id] of ids.entries()) insert.run(playlist, place + 1, id);
});

process.send?.('ready');
await once(process, 'message');
const attempts = [];
for (let n = 0; n < Number(playlists); n += 1)
  attempts.push(await attempt(() => keep(`${writer}-${n}`, trackIds(Number(writer) + n))));
database.close();
process.send?.(attempts, () => process.disconnect());
