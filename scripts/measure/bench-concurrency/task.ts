/** So many writers, each of which keeps so many playlists, one after the other. */
export interface Task {
  readonly writers: number;
  readonly playlists: number;
}

export const TRACKS = 200;
const TRACKS_PER_PLAYLIST = 20;

/** The tracks of one playlist. */
export const trackIds = (playlist: number): string[] =>
  Array.from({ length: TRACKS_PER_PLAYLIST }, (_, place) => `track-${1 + ((playlist * 7 + place) % TRACKS)}`);
