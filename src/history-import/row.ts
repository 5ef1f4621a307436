/** By the shape of a file's rows. */
export type FormatName =
  | 'spotify extended'
  | 'spotify account'
  | 'lastfm'
  | 'listenbrainz'
  | 'maloja'
  | 'koito'
  | 'pano scrobbler'
  | 'libre.fm'
  | 'rockbox'
  | 'your_spotify';

/** Judged from the row alone; the archive adds others later (buckets.ts). */
export type ReadBucket = 'podcast' | 'audiobook' | 'video' | 'no track' | 'unreadable' | 'not a play';

/** `file`: its name, inside a ZIP with its path. `row`: from 1, of all rows of the file. */
export interface Where {
  readonly file: string;
  readonly row: number;
}

/** Storable JSON without personal and useless keys. */
interface RowOfFile {
  readonly where: Where;
  readonly format: FormatName;
  readonly raw: string;
}

interface PlayRow extends RowOfFile {
  readonly kind: 'play';
  readonly play: FilePlay;
}

interface SetAsideRow extends RowOfFile {
  readonly kind: 'set aside';
  readonly bucket: ReadBucket;
  readonly reason: string;
}

/** Exactly one for each row of a file. */
export type ReadRow = PlayRow | SetAsideRow;

/** Instants are milliseconds since 1970. A track has an id, artist and title, or both. */
export interface FilePlay {
  readonly endedAt: number;
  /** False: the file has neither end nor length; `endedAt` is the start until a length is known. */
  readonly isEndKnown: boolean;
  readonly startedAt: number | null;
  /** As in the file: by it the same play of two packages, or of two of Spotify's formats, is recognised. */
  readonly statedAt: number;
  readonly precision: 'ms' | 'second' | 'minute';
  readonly msPlayed: number | null;
  readonly lengthMs: number | null;
  readonly trackId: string | null;
  readonly trackName: string | null;
  readonly artistName: string | null;
  readonly albumName: string | null;
  readonly albumArtistName: string | null;
  readonly isrc: string | null;
  readonly reasonStart: string | null;
  readonly reasonEnd: string | null;
  readonly skipped: boolean | null;
  readonly shuffle: boolean | null;
  readonly offline: boolean | null;
  /** The listener decides whether private sessions count. */
  readonly incognito: boolean | null;
  /** Identifies the row in whichever package it comes. */
  readonly key: string;
}

export interface FileReport {
  readonly file: string;
  /** Null: not listening history. */
  readonly format: FormatName | null;
  readonly rows: number;
  /** For the listener: what else was found, what is damaged, and where. */
  readonly faults: readonly string[];
  /** False: its name says that it is private, or cannot have plays. */
  readonly isOpened: boolean;
}

/** `name`: on the listener's machine. */
export interface HistoryFile {
  readonly path: string;
  readonly name: string;
}

/** `files` is complete after the last batch. */
export interface HistoryReading extends AsyncIterable<readonly ReadRow[]> {
  readonly files: readonly FileReport[];
  /** 0 to 1 */
  readonly progress: number;
}
