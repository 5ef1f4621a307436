import { koito } from './formats/koito.ts';
import { lastfmPages, lastfmstats, lastfmTable, lastfmWords } from './formats/lastfm.ts';
import { librefm } from './formats/librefm.ts';
import { listenbrainz } from './formats/listenbrainz.ts';
import { maloja } from './formats/maloja.ts';
import { pano } from './formats/pano.ts';
import { rockbox } from './formats/rockbox.ts';
import { spotifyAccount } from './formats/spotify-account.ts';
import { spotifyExtended } from './formats/spotify-extended.ts';
import type { RowFormat } from './formats/values.ts';
import { yourSpotify } from './formats/your-spotify.ts';
import type { JsonObject } from './read/parse-row.ts';
import type { TableShape } from './read/table-rows.ts';

const OF_JSON = [
  spotifyExtended,
  spotifyAccount,
  listenbrainz,
  koito,
  maloja,
  pano,
  yourSpotify,
  lastfmPages,
  lastfmstats,
];

/** By content, never by the file's name. */
export const recogniseRow = (row: JsonObject): RowFormat | null =>
  OF_JSON.find((format) => format.isRow(row)) ?? null;

export interface Table {
  readonly format: RowFormat;
  readonly shape: TableShape;
  /** For the listener. */
  readonly note?: string;
}

const MOST_HEAD_LINES = 50;

/** @param head the beginning of a text that is not JSON, with whole lines */
export function recogniseTable(head: string): Table | null {
  const lines = head.split(/\r?\n/, MOST_HEAD_LINES);
  if (lines[0]?.startsWith('#AUDIOSCROBBLER/') === true) return rockboxTable(lines);
  for (const [at, line] of lines.entries()) {
    const table = headedTable(line, at + 1);
    if (table !== null) return table;
  }
  return wordsTable(lines);
}

const ROCKBOX = ['artist', 'album', 'track', 'number', 'length', 'rating', 'time', 'mbid'];

function rockboxTable(lines: readonly string[]): Table {
  const shape = { columns: ROCKBOX, delimiter: '\t', hasQuotes: false, headLines: 0, joinsLast: false };
  if (!lines.some((line) => line.startsWith('#TZ/UNKNOWN'))) return { format: rockbox, shape };
  const note = 'The player did not know its time zone: its times are read as UTC, and may be some hours off.';
  return { format: rockbox, shape, note };
}

const HEADED = [
  { format: lastfmTable, needs: ['uts', 'artist', 'track'] },
  { format: lastfmstats, needs: ['artist', 'album', 'track', 'date'] },
  { format: librefm, needs: ['artist', 'track', 'time'] },
];

function headedTable(line: string, headLines: number): Table | null {
  const delimiter = [',', ';', '\t'].find((sign) => line.split(sign).length > 2);
  if (delimiter === undefined) return null;
  const columns = line.split(delimiter).map(columnName);
  const found = HEADED.find(({ needs }) => needs.every((column) => columns.includes(column)));
  if (found === undefined) return null;
  return {
    format: found.format,
    shape: { columns, delimiter, hasQuotes: true, headLines, joinsLast: false },
  };
}

/** lastfmstats writes the user's name after a #. */
const columnName = (written: string): string =>
  written.replaceAll('"', '').replace(/#.*/s, '').trim().toLowerCase();

/** Without a header the dates must decide. */
function wordsTable(lines: readonly string[]): Table | null {
  const shape = {
    columns: ['artist', 'album', 'track', 'date'],
    delimiter: ',',
    hasQuotes: true,
    headLines: 0,
    joinsLast: true,
  };
  const hasDate = (line: string): boolean => /,"?\d{1,2} [A-Z][a-z]{2} \d{4},? \d\d:\d\d"?$/.test(line);
  return lines.some(hasDate) ? { format: lastfmWords, shape } : null;
}
