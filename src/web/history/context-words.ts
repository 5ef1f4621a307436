import { isSpotifyId } from '../../catalogue/spotify-id.ts';
import type { PlayContext } from '../../plays/contexts.ts';

const KINDS: Readonly<Record<string, string>> = {
  playlist: 'A playlist',
  album: 'An album',
  artist: 'An artist’s page',
  collection: 'Liked songs',
  show: 'A show',
};

/** What a place is called, by its kind where its name is not known. */
export const contextName = ({ type, name }: PlayContext): string =>
  name ?? (type === null ? 'Elsewhere' : (KINDS[type] ?? type));

/** Said beside a name; null where the name says it. */
export const contextKind = ({ type, name }: PlayContext): string | null => (name === null ? null : type);

/** At Spotify; null where it has no address there. */
export function contextLink({ uri }: PlayContext): string | null {
  const [, type = '', id = ''] = uri?.split(':') ?? [];
  return ['playlist', 'album', 'artist'].includes(type) && isSpotifyId(id)
    ? `https://open.spotify.com/${type}/${id}`
    : null;
}
