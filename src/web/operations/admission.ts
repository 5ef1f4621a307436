import { AsyncResource } from 'node:async_hooks';
import type { RequestHandler } from 'express';
import { DatabaseUnavailable } from '../../database-errors.ts';
import { currentPatience } from '../../database-patience.ts';
import type { Db } from '../../db.ts';
import { AppError } from '../../errors.ts';

export interface Patience {
  /** Milliseconds for which the line may stand still: then the database is silent, and more waiting is of no use. */
  readonly standingMs: number;
  /** Milliseconds a listener waits in a line that moves. */
  readonly wholeMs: number;
}

/** A line stands still for as long as a request inside waits for a connection, and no longer. */
const PATIENCE: Patience = { standingMs: 2_000, wholeMs: 20_000 };
const LOOK_EVERY_MS = 100;

interface Waiting {
  readonly since: number;
  readonly enter: () => unknown;
  readonly refuse: (why: AppError) => void;
}

/**
 * Lets a request in as long as the pool keeps up; the others wait at the door, first come, first served. Three hundred
 * let in at once would each hold half a page in memory and wait for a connection until the pool's own patience ends:
 * at the door they cost nothing, and those inside are done in the time they take. What waits for Spotify or for a slow
 * reader holds no connection, and so keeps nobody out.
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
    // A connection that is given up is none that came back.
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
      // As long as the line stands still it is the database that is waited for; a line that moves is only long.
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
  new AppError(
    503,
    'Very many people are looking at their archives just now. Please try again in a moment.',
    {
      retryAfterSeconds: 5,
    },
  );
