import { AppError } from '../errors.ts';

export type SpotifyErrorKind =
  | 'unreachable'
  | 'unreadable'
  | 'rate-limited'
  /** The refresh token or sign-in code is refused: connect again. */
  | 'invalid-grant'
  /** 403: the listener is not on the app's list in Spotify's dashboard. */
  | 'not-allowed'
  /** 403: the Premium of the app's owner has lapsed. */
  | 'premium-lapsed'
  | 'scope-missing'
  /** 401: expired or revoked. Refresh and try once more. */
  | 'unauthorized'
  | 'refused';

const DEFAULTS: Record<SpotifyErrorKind, { readonly status: number; readonly message: string }> = {
  unreachable: { status: 502, message: 'Spotify cannot be reached right now. Please try again in a minute.' },
  unreadable: {
    status: 502,
    message: 'Spotify sent an answer that could not be read. Please try again in a minute.',
  },
  'rate-limited': { status: 503, message: 'Spotify has asked this app to wait. Please try again later.' },
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
  /** For the listener. Never text from Spotify. */
  message?: string;
  spotifyStatus?: number;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** Neither message nor cause contains a token, code, address or body, so it may be logged. */
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

export function apiErrorFrom(answer: {
  status: number;
  retryAfter: string | null;
  text: string;
}): SpotifyError {
  const { status } = answer;
  const details = { spotifyStatus: status };
  if (status === 429) {
    return new SpotifyError('rate-limited', {
      ...details,
      retryAfterSeconds: waitAskedFor(answer),
    });
  }
  if (status >= 500) return new SpotifyError('unreachable', details);
  if (status === 401) return new SpotifyError('unauthorized', details);
  if (status === 403) return new SpotifyError(kindOfForbidden(answer.text), details);
  return new SpotifyError(status >= 400 ? 'refused' : 'unreadable', details);
}

function kindOfForbidden(text: string): SpotifyErrorKind {
  if (/not (?:be )?registered/i.test(text)) return 'not-allowed';
  if (/premium/i.test(text)) return 'premium-lapsed';
  if (/scope/i.test(text)) return 'scope-missing';
  return 'refused';
}

export const isQuota = ({ text }: { readonly text: string }): boolean => /QUOTA_EXCEEDED/.test(text);

/** A used-up quota lasts for hours, even if Spotify does not say how many. */
const QUOTA_WAIT_SECONDS = 3600;

const waitAskedFor = ({ retryAfter, text }: { retryAfter: string | null; text: string }): number =>
  parseRetryAfter(retryAfter, new Date(), isQuota({ text }) ? QUOTA_WAIT_SECONDS : DEFAULT_WAIT_SECONDS);

const DEFAULT_WAIT_SECONDS = 30;
const DAY_SECONDS = 86_400;

/** Spotify sometimes sends a fraction. The longest penalty ever seen is a day: more would be a mistake. */
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
  // Date.parse would accept "-5" and "1.5".
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return 0;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.ceil((at - now.getTime()) / 1000);
}
