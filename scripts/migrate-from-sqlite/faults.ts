/** Exit code 2: nothing was written, and running it again will not help. */
export class NothingWritten extends Error {
  override readonly name = 'NothingWritten';
}

/** Exit code 3: PostgreSQL and the file differ, so the run is rolled back. */
export class VerificationFailed extends Error {
  override readonly name = 'VerificationFailed';
}

/**
 * Why a value or row was set aside. A second run recognises its rejects by them: changing a text makes every archive
 * moved so far report its rejects as new.
 */
export const REASON = {
  unknownColumn: 'column unknown to the archive',
  keyMissing: 'the key is missing',
  keyUnfit: 'the key cannot be stored as text',
  keyTooLong: 'the key is too long',
  unknownTimeRange: 'unknown time range',
  notADay: 'not a day of the calendar written as YYYY-MM-DD',
  sameDay: 'an earlier list of the same day has this rank or this track',
  farDay: 'a day before 1900 or after 2199',
  notUtf8: 'not valid UTF-8',
  notUtf16: 'half a character of UTF-16',
  nulCharacter: 'holds a NUL character',
  blobForText: 'a BLOB where text belongs',
  numberForText: 'a fractional number where text belongs',
  notWhole: 'not a whole number',
  outOfRange: 'a number out of range',
  repairedJson: 'JSON that was repaired: what is certain was moved',
  repeatedKeys: 'JSON with duplicate keys: the last of each was moved',
  notAReleaseDate: 'not a release date',
  notAnInstant: 'not a point in time',
  noSuchTime: 'a time that the clocks of its zone skip',
  farTime: 'a time before 1900 or after 2199',
  noSuchArtist: 'there is no such artist',
  noSuchTrack: 'there is no such track',
  sameKey: 'an earlier row has the same key',
  keptValue: 'the archive already has a different value',
  keptRank: 'the archive already has a different rank',
  keptTime: 'the archive already has an earlier time',
} as const;

export const brokenText = ({ encoding }: { readonly encoding: string }): string =>
  encoding === 'UTF-8' ? REASON.notUtf8 : REASON.notUtf16;

/** A cell, or without a column a row, that cannot be moved. */
export interface Fault {
  readonly column: string | null;
  readonly reason: string;
}
