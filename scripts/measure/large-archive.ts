import type Database from 'better-sqlite3';
import { SNAPSHOTS_LAYOUT } from '../../src/exports/old-file.ts';
import { Catalogue, LAST_DAY } from '../invented/large-catalogue.ts';
import { dateOfDay } from '../invented/calendar.ts';
import { addTracks, writeOldFile } from '../invented/old-files.ts';
import { fullTrackPayload, type OldTrackPayload } from '../invented/payload.ts';
import { integerBetween, randomFor } from '../invented/random.ts';

export interface LargeArchiveOptions {
  readonly file: string;
  readonly tracks: number;
  readonly snapshots: number;
  /** Default 1. */
  readonly seed?: number;
}

const TIME_RANGES = ['short_term', 'medium_term', 'long_term'];
const LONGEST_LIST = 100;

/**
 * Writes an old archive (snapshots layout) of any size, over what was there: three lists a day of up to 100 tracks
 * each, back in time from 2026-11-20. The same options give the same rows.
 */
export function writeLargeArchive({ file, tracks, snapshots, seed = 1 }: LargeArchiveOptions): void {
  const catalogue = new Catalogue(seed, tracks);
  writeOldFile(file, SNAPSHOTS_LAYOUT, (database) => {
    addTracks(database, payloadsOf(catalogue));
    fillSnapshots(database, catalogue.trackIds, snapshots, seed);
  });
}

function* payloadsOf(catalogue: Catalogue): Generator<OldTrackPayload> {
  for (const track of catalogue.tracks()) yield fullTrackPayload(track);
}

/** Each list is a window over the tracks that starts anywhere and has gaps: no track twice, most of them in turn. */
function fillSnapshots(
  database: Database.Database,
  ids: readonly string[],
  snapshots: number,
  seed: number,
): void {
  const add = database.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?)');
  const length = Math.min(LONGEST_LIST, ids.length);
  const gap = Math.max(1, Math.floor(ids.length / length / 2));
  let left = length === 0 ? 0 : snapshots;
  for (let list = 0; left > 0; list += 1) {
    const start = integerBetween(randomFor(seed, 'list', list), 0, ids.length - 1);
    const day = dateOfDay(LAST_DAY - Math.floor(list / 3));
    for (let rank = 1; rank <= Math.min(length, left); rank += 1) {
      add.run(ids[(start + rank * gap) % ids.length], day, TIME_RANGES[list % 3], rank);
    }
    left -= Math.min(length, left);
  }
}
