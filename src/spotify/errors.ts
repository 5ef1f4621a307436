import { AppError } from '../errors.ts';

export type SpotifyErrorKind =
  /** Network fault, time limit, or a 5xx answer. Nothing is wrong with the listener's connection: try later. */
  | 'unreachable'
  /** An answer that is not what was asked for: HTML, cut-off JSON, `null`, wrong shape, too large. */
  | 'unreadable'
  /** 429. No call that it concerns may be made before `retryAfterSeconds` have passed. */
  | 'rate-limited'
  /** Spotify refuses the refresh token or the sign-in code: ask to connect again. */
  | 'invalid-grant'
  /** 403: the listener is not on the app's list in Spotify's dashboard. */
  | 'not-allowed'
  /** 403: the Premium subscription of the app's owner has lapsed. */
  | 'premium-lapsed'
  /** 403: the listener has not granted a right this call needs. */
  | 'scope-missing'
  /** 401: the access token is expired or revoked. Refresh once, try once more. */
  | 'unauthorized'
  /** Any other 4xx. */
  | 'refused';

const DEFAULTS: Record<SpotifyErrorKind, { readonly status: number; readonly message: string }> = {
  unreachable: { status: 502, message: 'Spotify cannot be reached right now. Please try again in a minute.' },
  unreadable: {
    status: 502,
    message: 'Spotify sent an answer that could not be read. Please try again in a minute.',
  },
  'rate-limited': { status: 503, message: 'Spotify has asked this app to wait before it asks again.' },
  'invalid-grant': {
    status: 403,
    message: 'Your connection to Spotify has ended. Please connect to Spotify again.',
  },
  'not-allowed': {
    status: 403,
    message:
      'Your Spotify account is not on the list of people who may use this app. ' +
      "Ask its owner to add you under User Management in Spotify's developer dashboard.",
  },
  'premium-lapsed': {
    status: 403,
    message:
      'Spotify has paused this app because its owner has no active Premium subscription. ' +
      'It can take a few hours to come back once Premium is renewed.',
  },
  'scope-missing': {
    status: 403,
    message: 'You haven’t given permission for this. Please connect to Spotify again and agree to it.',
  },
  unauthorized: {
    status: 403,
    message: 'Spotify no longer accepts this connection. Please connect to Spotify again.',
  },
  refused: { status: 502, message: 'Spotify refused this request.' },
};

export interface SpotifyErrorOptions {
  /** Plain words for the listener where the kind's own sentence does not fit. Never anything Spotify sent. */
  message?: string;
  /** The HTTP status Spotify answered with, where there was one. */
  spotifyStatus?: number;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * Everything that can go wrong with Spotify. Neither message nor cause ever holds a token, a code, an address or
 * a body, so it may be logged as it is.
 */
export class SpotifyError extends AppError {
  override readonly name = 'SpotifyError';
  readonly kind: SpotifyErrorKind;
  readonly spotifyStatus: number | undefined;

  constructor(kind: SpotifyErrorKind, options: SpotifyErrorOptions = {}) {
    super(DEFAULTS[kind].status, options.message ?? DEFAULTS[kind].message, options);
    this.kind = kind;
    this.spotifyStatus = options.spotifyStatus;
  }
}

/** What an API answer that is not 2xx means. The status decides; a 403's text, JSON or plain, says which 403. */
export function apiErrorFrom(answer: {
  status: number;
  retryAfter: string | null;
  text: string;
}): SpotifyError {
  const { status } = answer;
  const told = { spotifyStatus: status };
  if (status === 429) {
    return new SpotifyError('rate-limited', {
      ...told,
      retryAfterSeconds: waitAskedFor(answer),
    });
  }
  if (status >= 500) return new SpotifyError('unreachable', told);
  if (status === 401) return new SpotifyError('unauthorized', told);
  if (status === 403) return new SpotifyError(kindOfForbidden(answer.text), told);
  return new SpotifyError(status >= 400 ? 'refused' : 'unreadable', told);
}

function kindOfForbidden(text: string): SpotifyErrorKind {
  if (/not (?:be )?registered/i.test(text)) return 'not-allowed';
  if (/premium/i.test(text)) return 'premium-lapsed';
  if (/scope/i.test(text)) return 'scope-missing';
  return 'refused';
}

/** Whether a 429 says that a quota is used up. */
export const isQuota = ({ text }: { readonly text: string }): boolean => /QUOTA_EXCEEDED/.test(text);

/** A quota that is used up stays so for hours: where Spotify does not say how many, asking on in 30 seconds is no use. */
const QUOTA_WAIT_SECONDS = 3600;

const waitAskedFor = ({ retryAfter, text }: { retryAfter: string | null; text: string }): number =>
  parseRetryAfter(retryAfter, new Date(), isQuota({ text }) ? QUOTA_WAIT_SECONDS : DEFAULT_WAIT_SECONDS);

const DEFAULT_WAIT_SECONDS = 30;
const DAY_SECONDS = 86_400;

/**
 * Whole seconds to wait, from a Retry-After header: seconds, which Spotify at times writes with a fraction, or an HTTP
 * date. Missing, past or senseless values become `otherwise`: 30, the length of Spotify's rolling window. A day is the
 * longest penalty ever seen: past that it is a mistake, and an archive would wait for ever on it.
 */
export function parseRetryAfter(
  header: string | null,
  now: Date = new Date(),
  otherwise = DEFAULT_WAIT_SECONDS,
): number {
  const value = header?.trim() ?? '';
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Math.ceil(Number(value)) : secondsUntil(value, now);
  return seconds > 0 ? Math.min(seconds, DAY_SECONDS) : otherwise;
}

function secondsUntil(value: string, now: Date): number {
  // Date.parse alone would take "-5" and "1.5" for dates.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return 0;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.ceil((at - now.getTime()) / 1000);
}
