import { z } from 'zod';
import { AUDIO_FEATURES } from '../catalogue/audio-features.ts';
import { apiErrorFrom, SpotifyError } from '../spotify/errors.ts';
import { callOnce } from '../spotify/http.ts';
import { readShape } from '../spotify/read-shape.ts';
import { addressOf } from '../spotify/settings.ts';
import type { FeatureAnswer, FeatureProvider, SentFeatures } from './provider.ts';
import { SPOTIFY_ID } from '../catalogue/spotify-id.ts';

const IDS_PER_CALL = 40;
const MAX_BYTES = 1_000_000;
const TIME_LIMIT_MS = 10_000;
/** ReccoBeats sends about 400 for a track. */
const MAX_ITEM_CHARS = 10_000;

const answerShape = z.object({ content: z.array(z.unknown()) });
const itemShape = z.looseObject({ href: z.string() });

/** https://reccobeats.com, which needs no key. Tries once a turn. */
export function reccobeats({
  apiUrl,
  timeoutMs = TIME_LIMIT_MS,
}: {
  readonly apiUrl: string;
  readonly timeoutMs?: number;
}): FeatureProvider {
  return {
    source: 'reccobeats',
    name: 'ReccoBeats',
    idsPerCall: IDS_PER_CALL,
    async find(trackIds) {
      try {
        return sortOut(trackIds, await ask(apiUrl, trackIds, AbortSignal.timeout(timeoutMs)));
      } catch (error) {
        return whatWentWrong(error);
      }
    },
  };
}

async function ask(apiUrl: string, trackIds: readonly string[], limit: AbortSignal): Promise<unknown[]> {
  const answer = await callOnce({
    method: 'GET',
    url: addressOf(apiUrl, '/v1/audio-features', { ids: trackIds.join(',') }),
    headers: { accept: 'application/json' },
    maxBytes: MAX_BYTES,
    limit,
    // A wait of ReccoBeats must not hold up Spotify's calls, nor the other way round.
    family: 'single-reads',
    gate: undefined,
  });
  if (answer.status < 200 || answer.status >= 300) throw apiErrorFrom(answer);
  return readShape(answerShape, answer.text).content;
}

/** By `href`: neither order nor number is promised, and there may be others. */
function sortOut(trackIds: readonly string[], items: readonly unknown[]): FeatureAnswer {
  const asked = new Set(trackIds);
  const found = new Map<string, SentFeatures>();
  for (const item of items) {
    const { success, data } = itemShape.safeParse(item);
    const trackId = success ? trackIdIn(data.href) : null;
    if (success && trackId !== null && asked.has(trackId) && saysSomething(data)) found.set(trackId, data);
  }
  return { kind: 'answered', found, unknown: trackIds.filter((id) => !found.has(id)) };
}

const TRACK_LINK = new RegExp(String.raw`^https://open\.spotify\.com/track/(${SPOTIFY_ID})(?:[?#].*)?$`);
const trackIdIn = (href: string): string | null => TRACK_LINK.exec(href)?.[1] ?? null;

const saysSomething = (item: SentFeatures): boolean =>
  AUDIO_FEATURES.some((name) => isShare(item[name])) && JSON.stringify(item).length <= MAX_ITEM_CHARS;

const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;

function whatWentWrong(error: unknown): FeatureAnswer {
  if (!(error instanceof SpotifyError)) throw error;
  if (error.kind === 'rate-limited') return { kind: 'not-before', seconds: error.retryAfterSeconds ?? 30 };
  if (error.kind === 'unreachable' || error.kind === 'unreadable')
    return { kind: 'fault', fault: error.kind };
  return { kind: 'fault', fault: 'refused' };
}
