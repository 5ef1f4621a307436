/** Nothing was written and nothing will be until somebody does what the message says: exit code 2. */
export class NothingWritten extends Error {
  override readonly name = 'NothingWritten';
}

/** What PostgreSQL holds is not what the file holds: the run is rolled back, exit code 3. */
export class VerificationFailed extends Error {
  override readonly name = 'VerificationFailed';
}

/**
 * Why a value or a row was set aside. They are counted, shown to the listener and part of what makes a reject
 * recognisable on a second run: change one, and every archive moved so far reports its rejects anew.
 */
export const REASON = {
  unknownColumn: 'column unknown to the archive',
  keyMissing: 'the key is missing',
  keyUnfit: 'the key is no storable text',
  keyTooLong: 'the key is too long',
  unknownTimeRange: 'unknown time range',
  notADay: 'not a day of the calendar written as YYYY-MM-DD',
  sameDay: 'an earlier list of the same day has this place or this track',
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
  keptValue: 'a different value is already kept',
  keptRank: 'a different rank is already kept',
  keptTime: 'an earlier time is already kept',
} as const;

export const brokenText = ({ encoding }: { readonly encoding: string }): string =>
  encoding === 'UTF-8' ? REASON.notUtf8 : REASON.notUtf16;

/** A cell (or, without a column, a row) that cannot be moved. */
export interface Fault {
  readonly column: string | null;
  readonly reason: string;
}
