import {
  apiError,
  html,
  json,
  NOT_ALLOW_LISTED_2025,
  NOT_ALLOW_LISTED_2026,
  OWNER_NOT_PREMIUM,
  plain,
  rateLimited,
  redirect,
  tokenError,
  type Answer,
} from './answers.ts';
import type { Fault } from './faults.ts';
import { mapFields } from './fields.ts';

type Delivery =
  | { readonly how: 'whole' | 'silence' | 'reset' | 'reset-midway' | 'drip' }
  | { readonly how: 'huge-body' | 'gzip-bomb'; readonly megabytes: number }
  | { readonly how: 'delay'; readonly milliseconds: number };

export interface Outcome {
  readonly answer: Answer;
  readonly delivery: Delivery;
}

type TrueAnswer = () => Answer;

const whole = (answer: Answer): Outcome => ({ answer, delivery: { how: 'whole' } });
const unanswered = (delivery: Delivery): Outcome => ({
  answer: { status: 200, headers: {}, body: '' },
  delivery,
});

const OUTCOMES: {
  readonly [Kind in Fault['kind']]: (fault: Extract<Fault, { kind: Kind }>, truth: TrueAnswer) => Outcome;
} = {
  status: ({ status }) => whole(apiError(status, 'Something went wrong')),
  'rate-limit': (fault) => whole(rateLimited(fault.retryAfter, fault.quotaExceeded)),
  unauthorized: () => whole(apiError(401, 'The access token expired')),
  'invalid-grant': () => whole(tokenError('invalid_grant', 'Refresh token revoked')),
  'not-allow-listed': ({ wording }) =>
    whole(plain(403, wording === '2025' ? NOT_ALLOW_LISTED_2025 : NOT_ALLOW_LISTED_2026)),
  'premium-lapsed': () => whole(plain(403, OWNER_NOT_PREMIUM)),
  'scope-missing': () => whole(apiError(403, 'Insufficient client scope')),
  html: () => whole(html(200, '<!doctype html><title>Spotify</title><p>We will be right back.')),
  body: ({ body }) => whole({ ...json(200, null), body }),
  redirect: ({ to }) => whole(redirect(to)),
  silence: () => unanswered({ how: 'silence' }),
  reset: () => unanswered({ how: 'reset' }),
  'reset-midway': (_, truth) => ({ answer: truth(), delivery: { how: 'reset-midway' } }),
  'huge-body': ({ megabytes }, truth) => ({ answer: truth(), delivery: { how: 'huge-body', megabytes } }),
  'gzip-bomb': ({ megabytes }, truth) => ({ answer: truth(), delivery: { how: 'gzip-bomb', megabytes } }),
  delay: ({ milliseconds }, truth) => ({ answer: truth(), delivery: { how: 'delay', milliseconds } }),
  drip: (_, truth) => ({ answer: truth(), delivery: { how: 'drip' } }),
  'truncated-json': (_, truth) => whole(cutInHalf(truth())),
  'wrong-types': (_, truth) => whole(rewritten(truth(), withWrongTypes)),
  'missing-fields': ({ fields }, truth) =>
    whole(
      rewritten(truth(), (value) =>
        mapFields(value, (name, field) => (fields.includes(name) ? undefined : field)),
      ),
    ),
  'replaced-fields': ({ fields }, truth) =>
    whole(
      rewritten(truth(), (value) =>
        mapFields(value, (name, field) => (Object.hasOwn(fields, name) ? fields[name] : field)),
      ),
    ),
};

/** The true answer, or what a fault makes of it; the true answer and its effects happen only if it is used. */
export function outcomeOf(fault: Fault | null, truth: TrueAnswer): Outcome {
  if (fault === null) return whole(truth());
  // The compiler cannot see that an entry gets the fault of its own kind.
  const outcome = OUTCOMES[fault.kind] as (fault: Fault, truth: TrueAnswer) => Outcome;
  return outcome(fault, truth);
}

const cutInHalf = (answer: Answer): Answer => ({
  ...answer,
  body: answer.body.slice(0, Math.floor(answer.body.length / 2)),
});

function rewritten(answer: Answer, change: (value: unknown) => unknown): Answer {
  const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false;
  return isJson ? json(answer.status, change(JSON.parse(answer.body))) : answer;
}

function withWrongTypes(value: unknown): unknown {
  const fields = Object.entries(value ?? {});
  return Object.fromEntries(fields.map(([name, field]) => [name, typeof field === 'string' ? 12 : 'twelve']));
}
