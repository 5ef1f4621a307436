import { AsyncResource } from 'node:async_hooks';
import type { RequestHandler } from 'express';
import { DatabaseUnavailable } from '../../database/errors.ts';
import { currentPatience } from '../../database/patience.ts';
import type { Db } from '../../db.ts';
import { AppError } from '../../errors.ts';

export interface Patience {
  /** Without a returned connection for so long, the database counts as silent. */
  readonly standingMs: number;
  /** How long a listener waits while others are let in. */
  readonly wholeMs: number;
}

/** A request inside waits no longer than `standingMs` for a connection. */
const PATIENCE: Patience = { standingMs: 2_000, wholeMs: 20_000 };
const LOOK_EVERY_MS = 100;

interface Waiting {
  readonly since: number;
  readonly enter: () => unknown;
  readonly refuse: (why: AppError) => void;
}

/**
 * While the pool is busy, requests wait at the door in order: three hundred inside would each hold half a page in
 * memory until the pool's patience ends. A request that waits for Spotify or a slow reader holds no connection.
 */
export function admission(
  pool: Pick<Db['pool'], 'waitingCount' | 'options' | 'on'>,
  patience: Patience = PATIENCE,
): RequestHandler {
  const line = new Set<Waiting>();
  let moved = performance.now();
  let looking: NodeJS.Timeout | undefined;
  const isBusy = (): boolean => pool.waitingCount >= pool.options.max;
  const letIn = (): void => {
    const [first] = line;
    if (first && !isBusy()) first.enter();
  };
  pool.on('release', (error: unknown) => {
    // An error means that the connection was given up, not returned.
    if (!error) moved = performance.now();
    letIn();
  });

  const look = (): void => {
    const now = performance.now();
    const stands = now - moved > patience.standingMs;
    const longest = stands ? patience.standingMs : patience.wholeMs;
    for (const waiting of line)
      if (now - waiting.since > longest) waiting.refuse(stands ? silentDatabase() : tooMany());
    letIn();
    looking = line.size > 0 ? setTimeout(look, LOOK_EVERY_MS) : undefined;
  };

  return (_req, res, next) => {
    if (line.size === 0 && !isBusy()) {
      next();
      return;
    }
    const leave = (): boolean => line.delete(waiting);
    const since = performance.now();
    const goOn = AsyncResource.bind(() => {
      // Only a line that stands still is the database's fault.
      currentPatience()?.spend(Math.min(performance.now() - since, patience.standingMs));
      next();
    });
    const waiting: Waiting = {
      since,
      enter: () => leave() && goOn(),
      refuse: (why) => leave() && next(why),
    };
    looking ??= setTimeout(look, LOOK_EVERY_MS);
    line.add(waiting);
    res.once('close', leave);
  };
}

const silentDatabase = (): AppError =>
  new DatabaseUnavailable(new Error('no connection came back while requests waited for one'));

const tooMany = (): AppError =>
  new AppError(503, 'This server is very busy. Please try again in a moment.', {
    retryAfterSeconds: 5,
  });
