import type { JsonObject } from './parse-row.ts';

const starts = (...bytes: number[]): Buffer => Buffer.from(bytes);

const UNPACK = ' Unpack it, and choose the files in it.';
const SIGNATURES: readonly (readonly [start: Buffer, what: string, advice?: string])[] = [
  [starts(0x89, 0x50, 0x4e, 0x47), 'an image (PNG)'],
  [starts(0xff, 0xd8, 0xff), 'an image (JPEG)'],
  [Buffer.from('GIF8'), 'an image (GIF)'],
  [Buffer.from('RIFF'), 'an image or a sound (RIFF)'],
  [Buffer.from('%PDF'), 'a PDF'],
  [starts(0x1f, 0x8b), 'a gzip file', UNPACK],
  [starts(0x37, 0x7a, 0xbc, 0xaf), 'a 7-Zip archive', UNPACK],
  [Buffer.from('Rar!'), 'a RAR archive', UNPACK],
  [
    Buffer.from('SQLite format 3'),
    'an SQLite database',
    ' If it is your old archive, npm run migrate:sqlite moves it.',
  ],
  [Buffer.from('ID3'), 'a piece of music (MP3)'],
  [Buffer.from('<'), 'a web page or XML'],
];

/** By its first bytes; null: it may be text. */
export function whatBytesAre(head: Buffer): string | null {
  if (head.length === 0) return 'This file is empty.';
  const known = SIGNATURES.find(([signature]) => head.subarray(0, signature.length).equals(signature));
  if (known !== undefined) return `This is ${known[1]}, not a list of plays.${known[2] ?? ''}`;
  return head.includes(0) ? 'This is not text, and not a list of plays that we know.' : null;
}

const DOCUMENTS: readonly (readonly [RegExp, string])[] = [
  [/^\{\s*"playlists"\s*:/, 'a list of your playlists'],
  [
    /^\{\s*"tracks"\s*:\s*\[[^]*"(?:bannedTracks|albums)"|^\{\s*"tracks"\s*:\s*\[\s*\{\s*"artist"/,
    'your library of saved music',
  ],
  [/^\{[^]*"(?:topArtists|yearlyMetrics|topTracks|stats)"\s*:/, 'a summary of a year by Spotify'],
  [/^\{[^]*"format"\s*:\s*"music-time-machine/, 'an export of Music Time Machine (npm run restore takes it)'],
  [/^\{\s*"user_id"\s*:\s*\d+\s*,\s*"username"/, 'the name of an account at ListenBrainz'],
  [
    /^\{[^\n]*"recording_m[bs]id"[^\n]*"score"|^\{[^\n]*"score"[^\n]*"recording_m[bs]id"/,
    'a list of what you loved at ListenBrainz',
  ],
  [/^\{[^\n]*"blurb_content"|^\{[^\n]*"pinned_until"/, 'a list of what you pinned at ListenBrainz'],
];

/** @returns a sentence; null: no document we know */
export function whatDocumentIs(head: string): string | null {
  const found = DOCUMENTS.find(([pattern]) => pattern.test(head));
  return found === undefined ? null : `This looks like ${found[1]}, not like plays.`;
}

/** Names the first entry's fields. */
export function whatRowsAre(row: JsonObject | undefined): string {
  if (row === undefined) return 'This list is empty.';
  const names = Object.keys(row)
    .slice(0, 5)
    .map((name) => `“${name.slice(0, 30)}”`);
  return `This list is not one of plays that we know: its entries have ${names.join(', ')}.`;
}

export const UNKNOWN_TEXT = 'This is text, but not a list of plays that we know.';
