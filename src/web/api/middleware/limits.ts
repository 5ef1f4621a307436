import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler, Response } from 'express';
import { LIMIT, WINDOW_SECONDS, type LimitState } from '../../../users/api-limits.ts';
import { Problem } from './problems.ts';

export interface Turns {
  /** Per process. */
  readonly atOnce: number;
  /** Per token. */
  readonly waiting: number;
  readonly patienceMs: number;
}

/** Programs have time, people do not: at most two of their requests run beside a page. */
const TURNS: Turns = { atOnce: 2, waiting: 10, patienceMs: 5_000 };

interface Waiting {
  readonly token: string;
  readonly enter: () => void;
}

const leaving = new WeakMap<Response, () => void>();

/** The others wait, in the order in which they came. */
export function inTurn({ atOnce, waiting: most, patienceMs }: Turns = TURNS): RequestHandler {
  const line = new Set<Waiting>();
  let inside = 0;
  const letIn = (): void => {
    const [first] = line;
    if (first && inside < atOnce) first.enter();
  };
  return (req, res, next) => {
    const token = req.get('Authorization') ?? '';
    const enter = AsyncResource.bind(() => {
      giveUp();
      inside += 1;
      leaving.set(res, () => {
        leaving.delete(res);
        inside -= 1;
        letIn();
      });
      res.once('close', () => leaveTurn(res));
      next();
    });
    const waiting: Waiting = { token, enter };
    const timer = setTimeout(() => giveUp() && next(tooManyAtOnce()), patienceMs);
    const giveUp = (): boolean => {
      clearTimeout(timer);
      return line.delete(waiting);
    };
    res.once('close', giveUp);
    line.add(waiting);
    if ([...line].filter((other) => other.token === token).length > most) {
      giveUp();
      throw tooManyAtOnce();
    }
    letIn();
  };
}

/** Sending the answer is no work: the next request may begin. */
export const leaveTurn = (res: Response): void => leaving.get(res)?.();

const tooManyAtOnce = (): Problem =>
  new Problem('limit-reached', 'Too many requests are under way. Send them one after the other.', {
    retryAfterSeconds: 5,
  });

/** draft-ietf-httpapi-ratelimit-headers */
export const limitHeaders = ({ remaining, resetSeconds }: LimitState) => ({
  'RateLimit-Policy': `"token";q=${LIMIT.burst};w=${WINDOW_SECONDS}`,
  RateLimit: `"token";r=${remaining};t=${resetSeconds}`,
});

/** Slows down a program that repeats at once what was refused. */
const REFUSED_AFTER_MS = 1_000;

/** @throws Problem 429, after a while */
export async function refuseBeyondLimit(res: Response, { retryAfterSeconds }: LimitState): Promise<never> {
  leaveTurn(res);
  await sleep(REFUSED_AFTER_MS);
  throw new Problem('limit-reached', `Ask again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}
