/** A service's file, by the shape of its rows. */
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

/** Why a row is no play of a track. What the archive decides later (the same row again, captured already) comes on top. */
export type ReadBucket = 'podcast' | 'audiobook' | 'video' | 'no track' | 'unreadable' | 'not a play';

/** `file`: its name and, inside a ZIP, its path there. `row`: from 1, every row of the file counted. */
export interface Where {
  readonly file: string;
  readonly row: number;
}

/** What the row says, as JSON PostgreSQL can store, without what is personal and useless. */
interface Told {
  readonly where: Where;
  readonly format: FormatName;
  readonly raw: string;
}

interface PlayRow extends Told {
  readonly kind: 'play';
  readonly play: FilePlay;
}

interface SetAsideRow extends Told {
  readonly kind: 'set aside';
  readonly bucket: ReadBucket;
  readonly reason: string;
}

/** One row of a file, judged. Every row of a file gives exactly one. */
export type ReadRow = PlayRow | SetAsideRow;

/** All instants in milliseconds since 1970, UTC. A row names a track by id, by artist and title, or by both. */
export interface FilePlay {
  /** The end of the play. */
  readonly endedAt: number;
  /** False: the file tells only the start and no length; `endedAt` is that start until a length is known. */
  readonly isEndKnown: boolean;
  readonly startedAt: number | null;
  /** The time as the file has it: the same play of two packages, or of two of Spotify's formats, meets by this one. */
  readonly statedAt: number;
  readonly precision: 'ms' | 'second' | 'minute';
  readonly msPlayed: number | null;
  readonly lengthMs: number | null;
  /** Spotify's id, 22 characters. */
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
  /** A private session: whether it counts is the listener's choice. */
  readonly incognito: boolean | null;
  /** What makes it this row and no other, whichever package it comes in. */
  readonly key: string;
}

/** What became of one file. */
export interface FileReport {
  readonly file: string;
  /** Null: no listening history. */
  readonly format: FormatName | null;
  readonly rows: number;
  /** Sentences for the listener: what else was found than plays, what is damaged, and where. */
  readonly faults: readonly string[];
  /** Left closed: by its name it is nobody's listening, or nothing this program has any business with. */
  readonly isOpened: boolean;
}

/** `name`: as the listener knows it. */
export interface HistoryFile {
  readonly path: string;
  readonly name: string;
}

/** Batches of rows; `files` is complete once the last batch is taken. */
export interface HistoryReading extends AsyncIterable<readonly ReadRow[]> {
  readonly files: readonly FileReport[];
  /** How much of the given files is read, from 0 to 1. */
  readonly progress: number;
}
