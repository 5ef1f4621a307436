import { ARTISTS_AS_FILED, TRACKS_AS_FILED } from '../../../src/catalogue/files-and-spotify.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import type { Layout } from '../read/layouts.ts';
import type { Source } from '../read/open-source.ts';
import { ENERGETIC, HAS_ISRC, RELEASED, RELEASED_IN_PAYLOAD, type Question } from './questions.ts';
import type { PlainCell } from './read-cells.ts';

/**
 * A value of the source and where the database has it. `text`: both sides spell it alike, and it is hashed. `check`:
 * the database gets the value and decides.
 */
interface ComparedColumn {
  readonly source: string;
  readonly kind: 'text' | 'check';
  /** SQL: the stored spelling or, for a check, whether `$sent` is stored. `t` is the target's row. */
  readonly sql: string;
  /** Undefined: the archive cannot hold such a cell. */
  readonly read: (cell: PlainCell, computed: PlainCell | undefined) => string | undefined;
  readonly computed?: Computed;
  /** A reading that means unknown: the database may know better. */
  readonly unknown?: string;
}

/** A cell that SQLite computes from a column. */
interface Computed {
  readonly name: string;
  readonly column: string;
  readonly sql: string;
}

interface KeyPart {
  readonly source: string;
  readonly target: string;
  /** SQL: the key as the target's type. */
  readonly sql: (key: string) => string;
  readonly read: (cell: PlainCell) => string | undefined;
  readonly computed?: Computed;
}

export interface ComparedTable {
  readonly source: string;
  readonly target: string;
  /** SQL, if the rows are not only those of `target`; $1 is the listener. */
  readonly stored?: string;
  readonly personal: boolean;
  readonly key: readonly KeyPart[];
  readonly columns: readonly ComparedColumn[];
  readonly questions: readonly Question[];
}

const text = (cell: PlainCell): string | undefined =>
  cell.type === 'text' || cell.type === 'integer' ? (cell.text ?? undefined) : undefined;

const key = (cell: PlainCell): string | undefined => (text(cell) === '' ? undefined : text(cell));

function whole(cell: PlainCell): string | undefined {
  if (cell.type === 'real') {
    const value = Number(cell.text);
    return Number.isSafeInteger(value) ? BigInt(value).toString() : undefined;
  }
  const digits = text(cell);
  return digits !== undefined && /^-?\d+$/.test(digits) ? BigInt(digits).toString() : undefined;
}

/** The server finds the day of a time with a zone in the assumed one. */
function day(cell: PlainCell): string | undefined {
  const said = cell.type === 'text' ? (cell.text ?? '') : '';
  const [, written = '', zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(.+)?)?$/i.exec(said) ?? [];
  if (zone !== undefined) return said.replace(/\.\d+/, '');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written) || written.startsWith('0000')) return undefined;
  const parsed = new Date(`${written}T00:00:00Z`);
  const isDay = !Number.isNaN(parsed.valueOf()) && parsed.toISOString().startsWith(written);
  return isDay ? written : undefined;
}

/** JSON as text, as text in a BLOB, or as SQLite's binary form, which SQLite prints. */
function json(cell: PlainCell, spelled: PlainCell | undefined): string | undefined {
  if (spelled?.type === 'text') return spelled.text ?? undefined;
  if (cell.hex === undefined) return cell.text ?? undefined;
  const bytes = Buffer.from(cell.hex, 'hex');
  return cell.type === 'blob' && !bytes.includes(0) ? bytes.toString() : undefined;
}

const textColumn = (name: string): ComparedColumn => ({
  source: name,
  kind: 'text',
  sql: `t.${name}`,
  read: text,
});
const nameColumn = (name: string): ComparedColumn => ({ ...textColumn(name), unknown: '' });
const wholeColumn = (name: string): ComparedColumn => ({
  source: name,
  kind: 'text',
  sql: `t.${name}::text`,
  read: whole,
});
const jsonColumn = (name: string, isStored = 'is_stored_json'): ComparedColumn => ({
  source: name,
  kind: 'check',
  sql: `pg_temp.${isStored}($sent, t.${name})`,
  read: json,
  computed: {
    name: `${name} spelled`,
    column: name,
    sql: `CASE WHEN typeof(source.${name}) = 'blob' AND json_valid(source.${name}, 8) THEN json(source.${name}) END`,
  },
});
const createdAt: ComparedColumn = {
  source: 'created_at',
  kind: 'check',
  sql: 'pg_temp.read_instant($sent) = t.created_at',
  read: (cell) => (cell.type === 'real' ? (cell.text ?? undefined) : text(cell)),
};
const released: ComparedColumn = {
  source: 'release_date',
  kind: 'text',
  sql: `left(t.release_date::text, CASE t.release_date_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END)`,
  read: text,
};
/** The old row numbers in one spelling, whatever their storage class. */
const reference = (sql: string): string =>
  `CASE WHEN typeof(${sql}) = 'real' THEN CAST(CAST(${sql} AS INTEGER) AS TEXT) ELSE CAST(${sql} AS TEXT) END`;

/** The Spotify id behind a row number of `artists` and `tracks`: as in the move, the first row wins. */
export function followReferences(source: Source): void {
  for (const shape of ['artists', 'tracks']) {
    source.db.exec(
      `DROP TABLE IF EXISTS temp.${shape}_by_number;
       CREATE TEMP TABLE ${shape}_by_number (number TEXT PRIMARY KEY, spotify_id) WITHOUT ROWID`,
    );
    const table = source.tables.find((found) => found.shape === shape);
    if (table === undefined || source.layout !== 'playlists') continue;
    source.db.exec(
      `INSERT OR IGNORE INTO temp.${shape}_by_number
       SELECT ${reference('id')}, spotify_id FROM main.${quoteName(table.name)} NOT INDEXED WHERE id IS NOT NULL`,
    );
  }
}

const followed = (shape: 'artists' | 'tracks', column: string): Computed => ({
  name: `${column} followed`,
  column,
  sql: `(SELECT spotify_id FROM temp.${shape}_by_number WHERE number = ${reference(`source.${column}`)})`,
});

const artist: ComparedColumn = {
  source: 'artist_id',
  kind: 'check',
  sql: `(EXISTS (SELECT FROM track_artists AS a WHERE a.track_id = t.track_id AND a.artist_id = $sent)
    OR $sent = ANY (t.filed_artist_ids))`,
  read: (_, artistId) => artistId && text(artistId),
  computed: followed('artists', 'artist_id'),
};

const textKey = (source: string, target = source): KeyPart => ({
  source,
  target,
  sql: (sent) => sent,
  read: key,
});

/** The ID in a URI or address, unless the library has it as it is written. */
const trackKey = (source: string): KeyPart => ({
  ...textKey(source, 'track_id'),
  sql: (sent) => `CASE WHEN ${sent} LIKE '%track%' THEN pg_temp.track_of($1, ${sent}) ELSE ${sent} END`,
});

const shared = { personal: false, questions: [] };

export const COMPARED: Readonly<Record<Layout, readonly ComparedTable[]>> = {
  snapshots: [
    {
      ...shared,
      source: 'tracks',
      target: 'tracks',
      stored: TRACKS_AS_FILED,
      key: [trackKey('track_id')],
      columns: [
        nameColumn('name'),
        nameColumn('artist_name'),
        nameColumn('album_name'),
        { ...wholeColumn('duration_ms'), unknown: '0' },
        textColumn('spotify_url'),
        jsonColumn('raw_json'),
      ],
      questions: [RELEASED_IN_PAYLOAD, HAS_ISRC],
    },
    {
      ...shared,
      source: 'snapshots',
      target: 'snapshots',
      personal: true,
      key: [
        {
          source: 'snapshot_date',
          target: 'snapshot_date',
          sql: (sent) =>
            `CASE WHEN length(${sent}) = 10 THEN ${sent}::date ELSE pg_temp.read_instant(${sent})::date END`,
          read: day,
        },
        textKey('time_range'),
        trackKey('track_id'),
      ],
      columns: [wholeColumn('rank')],
    },
  ],
  playlists: [
    {
      ...shared,
      source: 'artists',
      target: 'artists',
      stored: ARTISTS_AS_FILED,
      key: [textKey('spotify_id', 'artist_id')],
      columns: [nameColumn('name'), createdAt],
    },
    {
      ...shared,
      source: 'tracks',
      target: 'tracks',
      stored: TRACKS_AS_FILED,
      key: [trackKey('spotify_id')],
      columns: [
        nameColumn('name'),
        artist,
        nameColumn('album_name'),
        released,
        { ...wholeColumn('duration_ms'), unknown: '0' },
        wholeColumn('popularity'),
        jsonColumn('audio_features', 'is_stored_features'),
        createdAt,
      ],
      questions: [RELEASED, ENERGETIC],
    },
    {
      ...shared,
      source: 'playlist_tracks',
      target: 'playlist_tracks',
      personal: true,
      key: [
        textKey('playlist_id'),
        { ...trackKey('track_id followed'), computed: followed('tracks', 'track_id') },
      ],
      columns: [wholeColumn('position'), createdAt],
    },
  ],
};
