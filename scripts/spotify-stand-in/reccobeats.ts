import { createHash } from 'node:crypto';
import { json, type Answer } from './answers.ts';
import type { StandInRequest, StandInState } from './state.ts';

const MOST_IDS = 40;

/** GET /v1/audio-features?ids=: no token; unknown ids are missing, and the order means nothing. */
export function audioFeatures(_state: StandInState, { url }: StandInRequest): Answer {
  const ids = (url.searchParams.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > MOST_IDS) return json(400, { error: 'ids: 1 to 40' });
  const known = new Set(ids.filter(isKnownToReccobeats));
  return json(200, { content: [...known].toSorted().toReversed().map(inventFeatures) });
}

/** About nine tracks of ten, always the same ones. */
export const isKnownToReccobeats = (trackId: string): boolean =>
  /^[0-9A-Za-z]{22}$/.test(trackId) && chance(`known ${trackId}`) < 0.9;

/** In ReccoBeats' form; always the same for a track. */
export const inventFeatures = (trackId: string) => ({
  id: uuidOf(trackId),
  href: `https://open.spotify.com/track/${trackId}`,
  acousticness: share(trackId, 'acousticness'),
  danceability: share(trackId, 'danceability'),
  energy: share(trackId, 'energy'),
  instrumentalness: share(trackId, 'instrumentalness'),
  key: Math.floor(chance(`key ${trackId}`) * 12),
  liveness: share(trackId, 'liveness'),
  loudness: Math.round((chance(`loudness ${trackId}`) * 20 - 22) * 1000) / 1000,
  mode: chance(`mode ${trackId}`) < 0.6 ? 1 : 0,
  speechiness: share(trackId, 'speechiness'),
  tempo: Math.round((70 + chance(`tempo ${trackId}`) * 110) * 1000) / 1000,
  valence: share(trackId, 'valence'),
});

const share = (trackId: string, name: string): number => Math.round(chance(`${name} ${trackId}`) * 1e4) / 1e4;

const chance = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;

function uuidOf(trackId: string): string {
  const hex = createHash('md5').update(trackId).digest('hex');
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}
