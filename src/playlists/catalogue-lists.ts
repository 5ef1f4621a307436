import { z } from 'zod';
import { findAlbum } from '../catalogue/listener-album.ts';
import { findArtist } from '../catalogue/listener-artist.ts';
import { listAlbumTrackIds, listArtistTrackIds } from '../catalogue/track-ids.ts';
import type { TrackList } from './track-list.ts';

const idOf = (what: string) =>
  z
    .string(`must be the id of one ${what}`)
    .min(1, `must be the id of one ${what}`)
    .max(2_000)
    .refine((id) => !id.includes('\0'), `must be the id of one ${what}`);

/** `from=album&album=<id>` */
export const albumList = z
  .object({ album: idOf('album') })
  .transform(({ album }): TrackList => listOfAlbum(album, null));

function listOfAlbum(album: string, name: string | null): TrackList {
  const words = name === null ? 'an album of yours' : `“${name}”`;
  return {
    address: [
      ['from', 'album'],
      ['album', album],
    ],
    words: name === null ? words : `the album ${words}`,
    href: `/albums/${encodeURIComponent(album)}`,
    listTrackIds: (db, userId, limit) => listAlbumTrackIds(db, userId, album, limit),
    propose: () => ({ name: name ?? 'An album', description: `What my archive has of ${words}.` }),
    named: async (db, userId) => listOfAlbum(album, (await findAlbum(db, userId, album))?.name ?? null),
  };
}

/** `from=artist&artist=<id>` */
export const artistList = z
  .object({ artist: idOf('artist') })
  .transform(({ artist }): TrackList => listOfArtist(artist, null));

function listOfArtist(artist: string, name: string | null): TrackList {
  const words = name ?? 'an artist of yours';
  return {
    address: [
      ['from', 'artist'],
      ['artist', artist],
    ],
    words: `the best of ${words}`,
    href: `/artists/${encodeURIComponent(artist)}`,
    listTrackIds: (db, userId, limit) => listArtistTrackIds(db, userId, artist, limit),
    propose: (tracks) => ({
      name: `${name ?? 'An artist'} · your best ${tracks}`,
      description: `What I played most of ${words}.`,
    }),
    named: async (db, userId) => listOfArtist(artist, await nameOf(db, userId, artist)),
  };
}

async function nameOf(...asked: Parameters<typeof findArtist>): Promise<string | null> {
  const artist = await findArtist(...asked);
  return artist === null || artist.all_hidden ? null : artist.name;
}
