import type { Queries } from '../db.ts';
import type { SpotifyArtist } from '../spotify/schemas.ts';
import { letArtistsGiveWay, SENT_WHOLE_ARTISTS } from './files-and-spotify.ts';
import { storableJson } from './storable-json.ts';

/** Completes Spotify's earlier answers and replaces what another's file said (files-and-spotify.ts). */
export async function addArtists(
  tx: Queries,
  userId: number,
  artists: readonly SpotifyArtist[],
): Promise<void> {
  const unique = [...new Map(artists.map((artist) => [artist.artistId, artist])).values()];
  const rows = unique.map(({ artistId, name, payload }) => ({
    artist_id: artistId,
    name,
    raw_json: payload,
  }));
  const answers = storableJson(rows);
  await letArtistsGiveWay(tx, userId, answers);
  await tx.execute(ADD_ARTISTS, [answers]);
}

const ADD_ARTISTS = `
  INSERT INTO artists AS known (artist_id, name, raw_json, from_spotify)
  SELECT artist_id, name, raw_json, true FROM (${SENT_WHOLE_ARTISTS}) AS sent
  ORDER BY artist_id
  ON CONFLICT (artist_id) DO UPDATE SET
    name = COALESCE(known.name, excluded.name),
    raw_json = completed_payload(known.raw_json, excluded.raw_json)
  WHERE (known.name IS NULL AND excluded.name IS NOT NULL)
    OR known.raw_json IS DISTINCT FROM completed_payload(known.raw_json, excluded.raw_json)`;
