import type { AlbumTrack, ListenerAlbum } from '../../catalogue/listener-album.ts';
import {
  facts,
  formatDays,
  formatDuration,
  formatNumber,
  playsWords,
  playTimeWords,
  plural,
} from '../page/helpers.ts';

/** Without Spotify's id: its tracks are those that name it and its artist. */
export const isKnownByName = ({ album_id: id }: ListenerAlbum): boolean => id.startsWith('mtm:');

/** "8 of its 12 tracks" */
export function heldWords({ tracks, total_tracks: total }: ListenerAlbum): string {
  const all = total !== null && total > tracks;
  return all ? `${formatNumber(tracks)} of its ${plural(total, 'track')}` : plural(tracks, 'track');
}

/** "1:02:40"; null if no track's length is known. */
export function lengthWords({
  length_ms: length,
  timed_tracks: timed,
  tracks,
}: ListenerAlbum): string | null {
  if (timed === 0) return null;
  return timed < tracks ? `at least ${formatDuration(length)}` : formatDuration(length);
}

/** "7", or "2.7" if the album has several discs. */
export function trackNumber(track: AlbumTrack, hasDiscs: boolean): string {
  const { disc_number: disc, track_number: number } = track;
  if (number === null) return '–';
  return hasDiscs && disc !== null ? `${disc}.${number}` : String(number);
}

/** "12 plays · 41 minutes · listed 9 times · best rank 3" */
export function trackWords(track: AlbumTrack): string {
  return facts(
    track.plays === 0 ? 'Never played' : playsWords(track),
    playTimeWords(track),
    track.listings > 0 && `listed ${plural(track.listings, 'time')}`,
    track.best_rank !== null && `best rank ${track.best_rank}`,
  );
}

/** "2 May 2020 to 3 June 2024" */
export function listedWords({ first_listed_date: first, last_listed_date: last }: ListenerAlbum): string {
  if (first === null || last === null) return '';
  return formatDays(first, last);
}
