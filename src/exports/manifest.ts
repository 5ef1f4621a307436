import { z } from 'zod';

/** Readers know this version of the ZIP's layout and all earlier ones. */
export const EXPORT_VERSION = 2;
const NAMES_OF_VERSION_1: Readonly<Record<string, string>> = { archive_tracks: 'library_tracks' };
export const EXPORT_FORMAT = 'music-time-machine export';
export const MANIFEST = 'manifest.json';

const name = z.string().min(1).max(100);
const count = z.number().int().nonnegative();

const MOST_ROWS = 50_000_000;

const tableFile = z.object({
  table: name,
  columns: z.array(name).min(1).max(200),
  rows: count.max(MOST_ROWS),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const manifestShape = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.number().int(),
  exported_at: z.iso.datetime(),
  spotify_id: z.string().min(1).max(500),
  tables: z.array(tableFile).max(100),
});

export type Manifest = z.infer<typeof manifestShape>;
export type TableFile = z.infer<typeof tableFile>;

export const dataFileOf = (table: string): string => `data/${table}.jsonl`;

export const tableOf = ({ table }: TableFile, { version }: Pick<Manifest, 'version'>): string =>
  (version === 1 ? NAMES_OF_VERSION_1[table] : undefined) ?? table;
