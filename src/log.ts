import { pino } from 'pino';

/**
 * Structured log, one JSON object a line on stderr, so that a command's stdout stays its own.
 * What may be logged is chosen by allow-list where it is logged: never pass a request, a token or an error's
 * parameters whole.
 */
export const log = pino(
  {
    level: 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
  },
  pino.destination({ dest: 2, sync: false }),
);

export type Log = Pick<typeof log, 'debug' | 'info' | 'warn' | 'error'>;

/** Name, code, message and stack of an error, and nothing else it may carry (pg adds row values in `detail`). */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
