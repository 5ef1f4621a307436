import type { Queries } from '../db.ts';
import type { SpotifyTrack } from '../spotify/schemas.ts';
import { letFilesGiveWay, SENT_ARTISTS, SENT_CREDITS, SENT_TRACKS } from './files-and-spotify.ts';
import { parseReleaseDate } from './release-date.ts';
import { storableJson } from './storable-json.ts';

/** Spotify's earlier answers are completed, never overwritten; what another's file said is replaced. */
export async function addTracks(tx: Queries, userId: number, tracks: readonly SpotifyTrack[]): Promise<void> {
  const unique = [...new Map(tracks.map((track) => [track.trackId, track])).values()];
  const rows = storableJson(unique.map(trackRow));
  await letFilesGiveWay(tx, userId, rows);
  await tx.execute(ADD_TRACKS, [rows]);
  await tx.execute(ADD_ARTISTS, [rows]);
  await tx.execute(ADD_TRACK_ARTISTS, [rows]);
}

function trackRow(track: SpotifyTrack) {
  const released = parseReleaseDate(track.releaseDate ?? '', track.releaseDatePrecision);
  return {
    track_id: track.trackId,
    name: track.name,
    artist_name: track.artists.flatMap(({ name }) => name ?? []).join(', ') || null,
    album_name: track.albumName,
    duration_ms: fitsInteger(track.durationMs) ? track.durationMs : null,
    spotify_url: track.spotifyUrl,
    raw_json: track.payload,
    release_date: released?.date ?? null,
    release_date_precision: released?.precision ?? null,
    popularity: track.popularity,
    artists: track.artists.filter(({ artistId }) => isArtistId(artistId)),
  };
}

const fitsInteger = (value: number | null): boolean => value !== null && value < 2 ** 31;

/** Spotify's ids have 22 characters; other texts may be too long for an index. */
const isArtistId = (id: string | null): boolean => id !== null && id !== '' && id.length <= 256;

/** SQL for a stored value. Withdrawn tracks have empty names and lengths of 0, which mean unknown. */
const KNOWN = {
  name: `NULLIF(known.name, '')`,
  artist_name: `NULLIF(known.artist_name, '')`,
  album_name: `NULLIF(known.album_name, '')`,
  duration_ms: 'NULLIF(known.duration_ms, 0)',
  spotify_url: 'known.spotify_url',
  raw_json: 'known.raw_json',
  release_date: 'known.release_date',
  release_date_precision: 'known.release_date_precision',
  popularity: 'known.popularity',
} as const;
const COLUMNS = Object.keys(KNOWN).join(', ');
const COMPLETED = Object.entries(KNOWN).map(
  ([column, known]) => `${column} = COALESCE(${known}, excluded.${column}, known.${column})`,
);
const COMPLETES = Object.entries(KNOWN).map(
  ([column, known]) => `${known} IS NULL AND excluded.${column} IS NOT NULL`,
);

/** A renamed track keeps its first name; the newest is stored beside it. */
const NEWEST_NAME = `CASE WHEN excluded.name IS NULL THEN known.newest_name
    ELSE NULLIF(excluded.name, COALESCE(${KNOWN.name}, excluded.name)) END`;

const ADD_TRACKS = `
  INSERT INTO tracks AS known (track_id, ${COLUMNS}, from_spotify)
  SELECT track_id, ${COLUMNS}, true FROM (${SENT_TRACKS}) AS sent
  ORDER BY track_id
  ON CONFLICT (track_id) DO UPDATE SET ${COMPLETED.join(', ')}, newest_name = ${NEWEST_NAME}, updated_at = now()
  WHERE ${COMPLETES.join('\n    OR ')}
    OR ${NEWEST_NAME} IS DISTINCT FROM known.newest_name`;

const ADD_ARTISTS = `
  INSERT INTO artists AS known (artist_id, name, from_spotify)
  SELECT artist_id, name, true FROM (${SENT_ARTISTS}) AS sent
  ON CONFLICT (artist_id) DO UPDATE SET name = excluded.name
  WHERE NULLIF(known.name, '') IS NULL AND excluded.name IS NOT NULL`;

const ADD_TRACK_ARTISTS = `
  INSERT INTO track_artists (track_id, artist_id, position)
  SELECT track_id, artist_id, position FROM (${SENT_CREDITS}) AS sent
  ON CONFLICT DO NOTHING`;
