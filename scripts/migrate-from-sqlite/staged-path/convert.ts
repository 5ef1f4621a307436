import { isPlausibleDay } from '../../../src/calendar.ts';
import type { Row } from '../read/cells.ts';
import { REASON, type Fault } from '../faults.ts';
import { Fields, MAX_INTEGER, type LocalDay, type ReadingRules } from '../read/fields.ts';
import type { Layout } from '../read/layouts.ts';
import { trackIdIn } from '../read/spotify-address.ts';
import { STAGED, type StagedTable } from './staged-tables.ts';

/** A staged row's values in column order, or null if the row cannot be stored. */
export interface Converted {
  readonly values: readonly (string | null)[] | null;
  readonly faults: readonly Fault[];
  readonly conversions: readonly string[];
}

type Staged<Table extends StagedTable> = Partial<Record<(typeof STAGED)[Table][number], string | null>>;
type Read<Table extends StagedTable> = (fields: Fields) => Staged<Table>;

/** Two keys together fit one index entry. */
const TRACK_KEY_BYTES = 2_400;
const OTHER_KEY_BYTES = 200;

const TIME_RANGES: ReadonlySet<string> = new Set(['short_term', 'medium_term', 'long_term']);

const readTrackKey = (fields: Fields, column: string): { track_id: string; plain_id: string | null } => {
  const key = fields.key(column, TRACK_KEY_BYTES);
  return { track_id: key, plain_id: trackIdIn(key) };
};

const readOldTrack: Read<'staged_tracks'> = (fields) => ({
  ...readTrackKey(fields, 'track_id'),
  name: fields.text('name'),
  artist_name: fields.text('artist_name'),
  album_name: fields.text('album_name'),
  duration_ms: fields.integer('duration_ms', 0n, MAX_INTEGER),
  spotify_url: fields.text('spotify_url'),
  raw_json: fields.json('raw_json'),
});

const readOldSnapshot: Read<'staged_snapshots'> = (fields) => {
  const found = readDay(fields);
  return {
    ...readTrackKey(fields, 'track_id'),
    snapshot_date: found?.day ?? null,
    time_range: readTimeRange(fields),
    rank: fields.integer('rank', 1n, MAX_INTEGER),
    taken_at: found?.at ?? null,
  };
};

const readArtist: Read<'staged_artists'> = (fields) => ({
  source_id: fields.reference('id'),
  artist_id: fields.key('spotify_id', OTHER_KEY_BYTES),
  name: fields.text('name'),
  created_at: fields.instant('created_at'),
});

const readTrack: Read<'staged_tracks'> = (fields) => {
  const released = fields.releaseDate('release_date');
  return {
    source_id: fields.reference('id'),
    ...readTrackKey(fields, 'spotify_id'),
    artist_ref: fields.reference('artist_id'),
    name: fields.text('name'),
    album_name: fields.text('album_name'),
    duration_ms: fields.integer('duration_ms', 0n, MAX_INTEGER),
    audio_features: fields.json('audio_features'),
    release_date: released?.date ?? null,
    release_date_precision: released?.precision ?? null,
    popularity: fields.integer('popularity', 0n, 100n),
    created_at: fields.instant('created_at'),
  };
};

const readEntry: Read<'staged_entries'> = (fields) => ({
  playlist_id: fields.key('playlist_id', OTHER_KEY_BYTES),
  track_ref: fields.reference('track_id') ?? fields.refuseRow(REASON.keyMissing),
  position: fields.integer('position', -MAX_INTEGER, MAX_INTEGER),
  created_at: fields.instant('created_at'),
});

function readDay(fields: Fields): LocalDay | null {
  const found = fields.day('snapshot_date');
  if (found === null)
    fields.refuseRow(fields.cell('snapshot_date') === null ? REASON.keyMissing : REASON.notADay);
  else if (!isPlausibleDay(found.day)) fields.refuseRow(REASON.farDay);
  return found;
}

function readTimeRange(fields: Fields): string {
  const cell = fields.cell('time_range');
  if (cell === null) return fields.refuseRow(REASON.keyMissing);
  return typeof cell === 'string' && TIME_RANGES.has(cell) ? cell : fields.refuseRow(REASON.unknownTimeRange);
}

interface Conversion {
  readonly into: StagedTable;
  readonly read: Read<StagedTable>;
}

const CONVERSIONS: Readonly<Record<Layout, Readonly<Record<string, Conversion>>>> = {
  snapshots: {
    tracks: { into: 'staged_tracks', read: readOldTrack },
    snapshots: { into: 'staged_snapshots', read: readOldSnapshot },
  },
  playlists: {
    artists: { into: 'staged_artists', read: readArtist },
    tracks: { into: 'staged_tracks', read: readTrack },
    playlist_tracks: { into: 'staged_entries', read: readEntry },
  },
};

export function conversionOf(layout: Layout, table: string): Conversion {
  const conversion = CONVERSIONS[layout][table];
  if (!conversion) throw new Error(`no conversion for ${table}`);
  return conversion;
}

/** @param extraColumns those that the archive does not have */
export function convertRow(
  conversion: Conversion,
  row: Row,
  extraColumns: readonly string[],
  rules: ReadingRules,
): Converted {
  const fields = new Fields(row, rules);
  const staged: Readonly<Record<string, string | null | undefined>> = conversion.read(fields);
  if (fields.rowFault !== null) {
    return { values: null, faults: [{ column: null, reason: fields.rowFault }], conversions: [] };
  }
  for (const column of extraColumns) {
    if (fields.cell(column) !== null) fields.refuse(column, REASON.unknownColumn);
  }
  const values = STAGED[conversion.into].map((column) => staged[column] ?? null);
  return { values, faults: fields.faults, conversions: fields.conversions };
}
