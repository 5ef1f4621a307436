import { refreshArchiveSummary } from '../../../src/figures/summary.ts';
import type { Db, Transaction } from '../../../src/db.ts';
import { randomFor } from '../../invented/random.ts';
import { buildParts, listParts, removeParts, type Part } from '../../migrate-from-sqlite/target/bulk-load.ts';
import { copyLine, copyLines } from '../../../src/database/copy-lines.ts';
import { Catalogue, TRACK_COLUMNS } from '../../invented/large-catalogue.ts';
import { drawLibrary, listLines, PLACES, RANGES, type Listener } from './listening.ts';
import { fillArtistLists } from './artist-lists.ts';
import { fillImports } from './imports.ts';
import { fillPlaylists } from './playlists.ts';
import { fillPlays } from './plays.ts';
import { fillDerived, fillLibraries } from './derived.ts';
import type { LargeDatabaseSize } from './size.ts';

const CATALOGUE = ['tracks', 'artists', 'track_artists'];
const PERSONAL = [
  'library_tracks',
  'library_measures',
  'snapshots',
  'snapshot_lists',
  'snapshot_periods',
  'artist_snapshots',
  'listed_artists',
  'artist_snapshot_lists',
  'artist_snapshot_periods',
  'capture_runs',
  'playlists',
  'playlist_tracks',
  'plays',
  'played_tracks',
  'played_artists',
  'played_albums',
  'play_endings',
  'play_days',
  'played_from',
  'discoveries',
  'play_sessions',
];
/** By views that ask for one listener after the other: without keys each would read all rows. */
const ASKED_FOR_EACH = ['plays', 'library_tracks'];
const OBSERVED_ID = 1;
/** Listings of one track on its listener's library, on average. */
const LISTINGS_PER_TRACK = 12;

/**
 * Fills an empty database with invented listeners and their music, as if it had been captured day by day. One
 * transaction; keys and indexes are built once over all rows. The last listener is an archive nobody has claimed.
 * @returns the observed listener's user id
 */
export async function fillLargeDatabase(
  db: Db,
  size: LargeDatabaseSize,
  tell: (step: string) => void = () => undefined,
): Promise<number> {
  await db.withTransaction(async (tx) => {
    await tx.execute(`SET LOCAL maintenance_work_mem = '512MB'`);
    await tx.execute(`SET LOCAL work_mem = '128MB'`);
    const parts = await listParts(tx, [...CATALOGUE, ...PERSONAL]);
    await removeParts(tx, parts);
    const catalogue = new Catalogue(size.seed, size.tracks);
    tell('catalogue');
    await fillCatalogue(tx, catalogue);
    tell('keys and indexes of the catalogue');
    await buildParts(tx, parts.filter(isOfCatalogue));
    await tx.execute(`ANALYZE ${CATALOGUE.join(', ')}`);
    tell('lists and playlists');
    await fillLists(tx, size, catalogue);
    tell('lists of artists');
    await fillArtistLists(tx, OBSERVED_ID);
    tell('plays');
    await fillPlays(tx, size, OBSERVED_ID);
    tell('what is derived');
    await fillLibraries(tx);
    const asked = parts.filter((part) => isIndexOf(ASKED_FOR_EACH, part));
    await buildParts(tx, asked);
    await fillDerived(tx);
    await fillCaptures(tx);
    tell('keys and indexes of the listeners');
    await buildParts(
      tx,
      parts.filter((part) => !isOfCatalogue(part) && !asked.includes(part)),
    );
  });
  tell('statistics');
  await db.execute('VACUUM (ANALYZE)');
  for (const userId of new Set([OBSERVED_ID, size.listeners]))
    await db.withTransaction((tx) => refreshArchiveSummary(tx, userId));
  return OBSERVED_ID;
}

const isIndexOf = (tables: readonly string[], { relation, kind }: Part): boolean =>
  tables.includes(relation) && (kind === 'key' || kind === 'index');
const isOfCatalogue = (part: Part): boolean => isIndexOf(CATALOGUE, part);

async function fillCatalogue(tx: Transaction, catalogue: Catalogue): Promise<void> {
  await copyLines(tx, 'artists', ['artist_id', 'name'], catalogue.artistLines());
  await copyLines(tx, 'tracks', TRACK_COLUMNS, catalogue.trackLines());
  await copyLines(tx, 'track_artists', ['track_id', 'artist_id', 'position'], catalogue.creditLines());
}

const LIST_COLUMNS = ['user_id', 'snapshot_date', 'time_range', 'track_id', 'rank'];

async function fillLists(tx: Transaction, size: LargeDatabaseSize, catalogue: Catalogue): Promise<void> {
  await tx.execute(
    `INSERT INTO users (user_id, spotify_id, display_name)
     SELECT n, CASE WHEN n < $1 OR n = $2 THEN 'listener-' || n END, 'Listener ' || n
     FROM generate_series(1, $1::int) AS n`,
    [size.listeners, OBSERVED_ID],
  );
  await tx.execute(`SELECT setval(pg_get_serial_sequence('users', 'user_id'), $1)`, [size.listeners]);
  await tx.execute(`CREATE TEMP TABLE drawn_libraries (user_id bigint, track_id text) ON COMMIT DROP`);
  const owners = listListeners(size).map((listener) => ({
    ...listener,
    library: drawLibrary(size.seed, catalogue, listener).map((n) => catalogue.trackIds[n] ?? ''),
  }));
  await copyLines(
    tx,
    'drawn_libraries',
    ['user_id', 'track_id'],
    each(owners, ({ userId, library }) => library.map((trackId) => copyLine([String(userId), trackId]))),
  );
  await copyLines(
    tx,
    'snapshots',
    LIST_COLUMNS,
    each(owners, (owner) => listLines(size.seed, owner, owner.library)),
  );
  await fillPlaylists(tx, owners);
  await fillImports(tx, [OBSERVED_ID, size.listeners]);
}

function* each<Item>(items: readonly Item[], linesOf: (item: Item) => Iterable<string>): Generator<string> {
  for (const item of items) yield* linesOf(item);
}

/** The observed listener has the size asked for; the others share the rest of the lists evenly. */
function listListeners({ seed, listeners, tracks, snapshots, observed }: LargeDatabaseSize): Listener[] {
  const first = { userId: OBSERVED_ID, tracks: observed.tracks, lists: observed.days * RANGES.length };
  const left = Math.max(0, Math.round(snapshots / PLACES) - first.lists);
  const others = Array.from({ length: listeners - 1 }, (_, index) => {
    const userId = OBSERVED_ID + 1 + index;
    const lists =
      Math.floor((left * (index + 1)) / (listeners - 1)) - Math.floor((left * index) / (listeners - 1));
    const library =
      (lists * PLACES * (0.6 + 0.8 * randomFor(seed, 'listener', userId)())) / LISTINGS_PER_TRACK;
    return { userId, lists, tracks: Math.min(tracks, Math.max(PLACES, Math.round(library))) };
  });
  return [first, ...others];
}

/** A capture for each day kept. */
const fillCaptures = (tx: Transaction): Promise<number> =>
  tx.execute(
    `INSERT INTO capture_runs
       (user_id, snapshot_date, outcome, started_at, finished_at, time_ranges, places)
     SELECT user_id, snapshot_date, 'kept', snapshot_date + time '07:42', snapshot_date + time '07:43',
       array_agg(time_range ORDER BY time_range), sum(places)
     FROM snapshot_lists GROUP BY user_id, snapshot_date ORDER BY user_id, snapshot_date`,
  );
