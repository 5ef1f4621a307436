import { z } from 'zod';

/** What can go wrong. A fault replaces the true answer, whose effects then do not happen, unless it says otherwise. */
const faultShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), status: z.int().min(400).max(599) }),
  /** `retryAfter`: seconds, or a literal header; null sends none. */
  z.object({
    kind: z.literal('rate-limit'),
    retryAfter: z.union([z.number(), z.string()]).nullable().default(30),
    quotaExceeded: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('unauthorized') }),
  z.object({ kind: z.literal('invalid-grant') }),
  z.object({ kind: z.literal('not-allow-listed'), wording: z.enum(['2025', '2026']).default('2026') }),
  z.object({ kind: z.literal('premium-lapsed') }),
  z.object({ kind: z.literal('scope-missing') }),
  z.object({ kind: z.literal('html') }),
  /** Any text with status 200: `null`, `{}`, `[]`, nothing. */
  z.object({ kind: z.literal('body'), body: z.string() }),
  z.object({ kind: z.literal('redirect'), to: z.url() }),
  /** Takes the call and never answers. */
  z.object({ kind: z.literal('silence') }),
  /** Cuts the connection before any answer. */
  z.object({ kind: z.literal('reset') }),
  /** From here on a fault spoils the true answer: the call has its effects. */
  z.object({ kind: z.literal('reset-midway') }),
  z.object({ kind: z.literal('huge-body'), megabytes: z.number().positive().default(60) }),
  z.object({ kind: z.literal('gzip-bomb'), megabytes: z.number().positive().default(200) }),
  /** The true answer, late: not before so long has passed, or all is healed. */
  z.object({ kind: z.literal('delay'), milliseconds: z.number().positive() }),
  /** One byte a second. */
  z.object({ kind: z.literal('drip') }),
  z.object({ kind: z.literal('truncated-json') }),
  /** Each top-level field gets another type. */
  z.object({ kind: z.literal('wrong-types') }),
  /** The named fields, at any depth, are missing or have another value. */
  z.object({ kind: z.literal('missing-fields'), fields: z.array(z.string()).min(1) }),
  z.object({ kind: z.literal('replaced-fields'), fields: z.record(z.string(), z.unknown()) }),
]);

/**
 * `on`: an endpoint's name (see endpoints.ts), the beginning of a path, or `*`. `times`: default until healed. `after`:
 * how many calls succeed first.
 */
export const faultRuleShape = z.intersection(
  faultShape,
  z.object({
    on: z.string().min(1),
    times: z.union([z.literal('once'), z.int().min(1)]).optional(),
    after: z.int().min(0).optional(),
  }),
);

export type Fault = z.output<typeof faultShape>;
export type FaultRule = z.input<typeof faultRuleShape>;
export type ActiveFault = Fault & { readonly on: string; after: number; left: number };

export function activate(rule: FaultRule): ActiveFault {
  const { times, after = 0, ...fault } = faultRuleShape.parse(rule);
  return { ...fault, after, left: times === 'once' ? 1 : (times ?? Number.POSITIVE_INFINITY) };
}

/** The first fault due for this call; counts it as used. */
export function takeFault(faults: readonly ActiveFault[], name: string, path: string): Fault | null {
  const meant = faults.filter(
    ({ on, left }) => left > 0 && (on === '*' || on === name || (on.startsWith('/') && path.startsWith(on))),
  );
  const hit = meant.find(({ after }) => after === 0);
  for (const fault of meant) if (fault.after > 0) fault.after -= 1;
  if (hit === undefined) return null;
  hit.left -= 1;
  return hit;
}
