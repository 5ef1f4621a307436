import type { Transaction } from '../../../src/db.ts';

/** Fills the libraries of all listeners at once, from the view that defines them. */
export async function fillLibraries(tx: Transaction): Promise<void> {
  const { columns } = await tx.one<{ columns: string }>('SELECT library_columns() AS columns');
  for (const table of ['drawn_libraries', 'snapshots', 'plays', 'users'])
    await tx.execute(`ANALYZE ${table}`);
  await tx.execute(
    `INSERT INTO library_tracks (user_id, track_id, ${columns})
     SELECT user_id, track_id, ${columns} FROM drawn_libraries JOIN library_facts USING (user_id, track_id)
     ORDER BY user_id, track_id`,
  );
}

/** Fills whatever else is derived. */
export async function fillDerived(tx: Transaction): Promise<void> {
  await tx.execute('ANALYZE library_tracks');
  await tx.execute(`SELECT set_config('archive.derives_at_once', 'on', true)`);
  for (const [table, facts, order = '2'] of TALLIES) {
    await tx.execute(`INSERT INTO ${table} SELECT * FROM ${facts} ORDER BY 1, ${order}`);
    await tx.execute(`ANALYZE ${table}`);
  }
}

/** A table, the view that defines it, and by what a listener's rows lie, if not by the second column. */
const TALLIES: readonly (readonly [table: string, facts: string, order?: string])[] = [
  ['listed_artists', 'listed_artist_facts'],
  ['artist_snapshot_lists', 'artist_list_facts'],
  ['artist_snapshot_periods', 'artist_period_facts'],
  ['snapshot_lists', 'list_facts'],
  ['snapshot_periods', 'period_facts'],
  ['played_tracks', 'played_facts', 'track_id'],
  ['library_measures', 'measure_facts', 'track_id'],
  ['play_endings', 'ending_facts'],
  ['play_days', 'day_facts'],
  ['played_from', 'from_facts'],
  ['play_sessions', 'session_facts'],
  ['played_artists', 'artist_play_facts', 'artist_id'],
  ['played_albums', 'album_play_facts', 'album_id'],
  ['discoveries', 'discovery_facts'],
];
