import type { Queries } from '../db.ts';
import type { SpotifyArtist } from '../spotify/schemas.ts';
import { storableJson } from './storable-json.ts';

/** Adds artists, with their payloads, to the catalogue. What is already there is completed and never overwritten by less. */
export async function addArtists(tx: Queries, artists: readonly SpotifyArtist[]): Promise<void> {
  const unique = [...new Map(artists.map((artist) => [artist.artistId, artist])).values()];
  const rows = unique.map(({ artistId, name, payload }) => ({
    artist_id: artistId,
    name,
    raw_json: payload,
  }));
  await tx.execute(ADD_ARTISTS, [storableJson(rows)]);
}

const ADD_ARTISTS = `
  INSERT INTO artists AS known (artist_id, name, raw_json)
  SELECT artist_id, name, raw_json
  FROM jsonb_to_recordset($1::jsonb) AS row (artist_id text, name text, raw_json jsonb)
  ORDER BY artist_id
  ON CONFLICT (artist_id) DO UPDATE SET
    name = COALESCE(known.name, excluded.name),
    raw_json = completed_payload(known.raw_json, excluded.raw_json)
  WHERE (known.name IS NULL AND excluded.name IS NOT NULL)
    OR known.raw_json IS DISTINCT FROM completed_payload(known.raw_json, excluded.raw_json)`;
