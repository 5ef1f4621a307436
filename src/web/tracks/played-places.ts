import type { PlayedFrom, PlayedFromMost } from '../../listening/played-from.ts';
import { albumPath, artistPath, playlistPath, titleOf } from '../page/helpers.ts';

interface Place {
  readonly words: string;
  /** "album", if the name does not say it. */
  readonly what: string | null;
  /** Ours, or Spotify's if only the id is known. */
  readonly href: string | null;
  readonly plays: number;
}

export const placesOf = ({
  known,
  places,
}: PlayedFromMost): { readonly known: number; readonly places: Place[] } => ({
  known,
  places: places.map((place) => ({ ...placeOf(place), plays: place.plays })),
});

const ON_SPOTIFY = {
  playlist: 'A playlist on Spotify',
  album: 'An album on Spotify',
  artist: 'An artist on Spotify',
};
const OWN_PATHS = { playlist: playlistPath, album: albumPath, artist: artistPath };

function placeOf({ kind, id, name, own_id: ownId }: PlayedFrom): Omit<Place, 'plays'> {
  if (kind === 'collection')
    return { words: 'Liked Songs', what: null, href: 'https://open.spotify.com/collection/tracks' };
  if (kind === null || id === null) return { words: 'Somewhere else', what: null, href: null };
  if (ownId !== null) return { words: titleOf(name), what: kind, href: OWN_PATHS[kind](ownId) };
  return {
    words: ON_SPOTIFY[kind],
    what: null,
    href: `https://open.spotify.com/${kind}/${encodeURIComponent(id)}`,
  };
}
