import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';

/**
 * Plays the old single-file app: opens its file, waits five seconds at most for a lock as it did, and writes a day
 * after another until it is stopped. `old-app.ts FILE FIRST-DATE`; prints a line for every day kept.
 */
const [file = '', firstDate = ''] = process.argv.slice(2);
const db = new Sqlite(file, { fileMustExist: true, timeout: 5_000 });
const addTrack = db.prepare('INSERT OR IGNORE INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?)');
const addPlace = db.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?)');

const keepDay = db.transaction((date: string) => {
  for (let rank = 1; rank <= 5; rank += 1) {
    const id = `old-app-${date}-${rank}`;
    const payload = JSON.stringify({ id, name: `Of ${date}`, artists: [], album: { release_date: date } });
    addTrack.run(id, `Of ${date}`, 'The Writers', 'Meanwhile', 180_000, null, payload);
    for (const range of ['short_term', 'medium_term', 'long_term']) addPlace.run(id, date, range, rank);
  }
});

const asked = new AbortController();
process.once('SIGTERM', () => asked.abort());
for (let day = Date.parse(firstDate); !asked.signal.aborted; day += 86_400_000) {
  const date = new Date(day).toISOString().slice(0, 10);
  keepDay.immediate(date);
  process.stdout.write(`${date}\n`);
  await sleep(20);
}
db.close();
