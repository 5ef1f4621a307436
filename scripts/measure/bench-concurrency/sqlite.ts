import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import Database from 'better-sqlite3';
import { tallyUp, type Attempt, type Tally } from './tally.ts';
import { TRACKS, type Task } from './task.ts';

/** The old edition's layout of playlists. */
const LAYOUT = `
  CREATE TABLE tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    created_at TEXT NOT NULL);
  CREATE TABLE playlist_tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, playlist_id TEXT NOT NULL,
    track_id INTEGER NOT NULL, position INTEGER NOT NULL, created_at TEXT NOT NULL,
    FOREIGN KEY (track_id) REFERENCES tracks(id));
  CREATE INDEX playlist_tracks_playlist ON playlist_tracks (playlist_id);`;

/** The old way: as many processes as writers on one file, each with the five seconds of patience SQLite's drivers have. */
export async function writeToSqlite(file: string, task: Task): Promise<Tally> {
  prepare(file);
  const writers = Array.from({ length: task.writers }, (_, writer) =>
    startWriter(file, writer, task.playlists),
  );
  await Promise.all(writers.map(({ ready }) => ready));
  const begun = performance.now();
  const attempts = await Promise.all(writers.map(({ child }) => letWrite(child)));
  return tallyUp(attempts.flat(), (performance.now() - begun) / 1000);
}

function prepare(file: string): void {
  const database = new Database(file);
  database.exec(LAYOUT);
  const insert = database.prepare(
    `INSERT INTO tracks (spotify_id, name, created_at) VALUES (?, ?, datetime('now'))`,
  );
  database.transaction(() => {
    for (let n = 1; n <= TRACKS; n += 1) insert.run(`track-${n}`, `Track ${n}`);
  })();
  database.close();
}

function startWriter(file: string, writer: number, playlists: number) {
  const program = path.join(import.meta.dirname, 'sqlite-writer.ts');
  const child = fork(program, [file, String(writer), String(playlists)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  return { child, ready: once(child, 'message') };
}

async function letWrite(child: ChildProcess): Promise<readonly Attempt[]> {
  const answer = once(child, 'message');
  child.send('go');
  const [attempts] = (await answer) as [readonly Attempt[]];
  return attempts;
}
