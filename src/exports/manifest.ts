import { z } from 'zod';

/** Of this layout of the ZIP. A reader refuses any other. */
export const EXPORT_VERSION = 1;
export const EXPORT_FORMAT = 'music-time-machine export';
export const MANIFEST = 'manifest.json';

const name = z.string().min(1).max(100);
const count = z.number().int().nonnegative();

const tableFile = z.object({
  table: name,
  columns: z.array(name).min(1).max(200),
  rows: count,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What `manifest.json` says of the files that a restore reads. */
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
