import { z } from 'zod';

/** Spotify removes fields now and then: only what identifies a thing is required, the others become null. */
const text = z.string().nullable().catch(null);
/** A withdrawn track has empty names, which mean unknown. */
const knownName = text.transform((given) => (given === null || given.trim() === '' ? null : given));
const id = z.string().min(1).max(256).nullable().catch(null);
const count = z.int().nonnegative().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);
const httpsUrl = z
  .url({ protocol: /^https$/ })
  .nullable()
  .catch(null);
const links = z.object({ spotify: httpsUrl }).catch({ spotify: null });
const MAX_PAYLOAD_CHARS = 262_144;
/** A longer one fits no index and would fail its whole list. */
const MAX_ID_BYTES = 2_000;

const idInUri = (uri: string | null, kind: string): string | null =>
  new RegExp(`^spotify:${kind}:([^:]{1,256})$`).exec(uri ?? '')?.[1] ?? null;

const artist = z
  .object({ id, uri: text, name: knownName })
  .transform((given) => ({ artistId: given.id ?? idInUri(given.uri, 'artist'), name: given.name }))
  .nullable()
  .catch(null);

const album = z
  .object({ id, name: knownName, release_date: text, release_date_precision: text })
  .catch({ id: null, name: null, release_date: null, release_date_precision: null });

const trackShape = z.object({
  id,
  uri: z.string().max(2000).nullable().catch(null),
  name: knownName,
  type: z.literal('track').nullish(),
  artists: z.array(artist).catch([]),
  album,
  duration_ms: count,
  explicit: flag,
  popularity: z.int().min(0).max(100).nullable().catch(null),
  external_urls: links,
  external_ids: z.object({ isrc: text }).catch({ isrc: null }),
});

interface TrackArtist {
  readonly artistId: string | null;
  readonly name: string | null;
}

export interface SpotifyTrack {
  /** Spotify's id; for a local file, which has none, its `spotify:local:` uri. */
  readonly trackId: string;
  readonly isLocal: boolean;
  readonly name: string | null;
  readonly artists: readonly TrackArtist[];
  readonly albumId: string | null;
  readonly albumName: string | null;
  readonly releaseDate: string | null;
  readonly releaseDatePrecision: string | null;
  readonly durationMs: number | null;
  readonly explicit: boolean | null;
  /** 0 to 100. Development mode no longer gets it. */
  readonly popularity: number | null;
  readonly isrc: string | null;
  readonly spotifyUrl: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Null for `null`, an episode, and a track without a usable id or uri. */
export function readTrack(received: unknown): SpotifyTrack | null {
  const parsed = trackShape.safeParse(received);
  if (!parsed.success || !isStorable(received)) return null;
  const { data } = parsed;
  const localUri = data.uri?.startsWith('spotify:local:') ? data.uri : null;
  const inUri = idInUri(data.uri, 'track');
  const knownId = data.id ?? inUri;
  const trackId = knownId ?? localUri;
  if (trackId === null || Buffer.byteLength(trackId) > MAX_ID_BYTES) return null;
  // Without a name something else must identify a track.
  if (data.name === null && data.type !== 'track' && inUri === null && localUri === null) return null;
  return {
    trackId,
    isLocal: knownId === null,
    name: data.name,
    artists: data.artists.filter((one) => one !== null),
    ...albumFields(data.album),
    durationMs: data.duration_ms === 0 ? null : data.duration_ms,
    explicit: data.explicit,
    popularity: data.popularity,
    isrc: data.external_ids.isrc,
    spotifyUrl: data.external_urls.spotify,
    payload: received,
  };
}

function albumFields(data: z.infer<typeof album>) {
  return {
    albumId: data.id,
    albumName: data.name,
    releaseDate: data.release_date,
    releaseDatePrecision: data.release_date_precision,
  };
}

/** JSON can be too deep to be written again, which would fail its batch. */
function isStorable(received: unknown): received is Record<string, unknown> {
  try {
    return JSON.stringify(received).length <= MAX_PAYLOAD_CHARS;
  } catch {
    return false;
  }
}

export interface SpotifyArtist {
  readonly artistId: string;
  readonly name: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

const artistShape = z.object({
  id: z.string().min(1).max(256),
  type: z.literal('artist').nullish(),
  name: text,
});

export function readArtist(received: unknown): SpotifyArtist | null {
  const parsed = artistShape.safeParse(received);
  if (!parsed.success || !isStorable(received)) return null;
  return { artistId: parsed.data.id, name: parsed.data.name || null, payload: received };
}

export interface RecentPlay {
  readonly playedAt: string;
  readonly track: SpotifyTrack;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Spotify began in 2006: earlier plays, and plays a lifetime ahead, are errors. */
const [FIRST_PLAY, LAST_PLAY] = [Date.UTC(2006), Date.UTC(2100)];
const instant = z.iso.datetime({ offset: true }).refine((written) => {
  const at = Date.parse(written);
  return at >= FIRST_PLAY && at < LAST_PLAY;
});

const playShape = z.looseObject({
  played_at: instant,
  context: z.record(z.string(), z.unknown()).nullable().catch(null),
  track: z.unknown(),
});

export function readPlay(received: unknown): RecentPlay | null {
  const parsed = playShape.safeParse(received);
  const track = parsed.success ? readTrack(parsed.data.track) : null;
  if (!parsed.success || track === null || !isStorable(received)) return null;
  return { playedAt: parsed.data.played_at, track, context: parsed.data.context, payload: received };
}

export function readPlayedAt(received: unknown): number | null {
  const parsed = z.looseObject({ played_at: instant }).safeParse(received);
  return parsed.success ? Date.parse(parsed.data.played_at) : null;
}

export const playsPage = z.object({ items: z.array(z.unknown()) });

export interface SpotifyProfile {
  /** If Spotify gives none, one made from the account id, which no public id can equal. */
  readonly id: string;
  /** Identifies people where present (since May 2026). */
  readonly accountId: string | null;
  readonly displayName: string | null;
  readonly imageUrl: string | null;
}

const displayName = text.transform((name) => {
  const clean = name?.replaceAll(/\p{Cc}+/gu, ' ').trim() ?? '';
  return /^.{1,200}/su.exec(clean)?.[0] ?? null;
});

export const profileShape = z
  .object({
    id,
    account_id: id,
    uri: text,
    display_name: displayName,
    images: z.array(z.object({ url: httpsUrl }).catch({ url: null })).catch([]),
  })
  .transform((given, context) => {
    const named = given.id ?? idInUri(given.uri, 'user');
    if (named === null && given.account_id === null) {
      context.addIssue('neither id nor account id');
      return z.NEVER;
    }
    return { ...given, id: named ?? `account:${given.account_id}` };
  });

export const playlistShape = z.object({ id: z.string().min(1).max(256), external_urls: links });
export const snapshotShape = z.object({ snapshot_id: text });
export const itemsPage = z.object({ total: z.int().nonnegative() });
