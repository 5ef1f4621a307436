import { pino } from 'pino';

/** On stderr, since stdout is for commands. Log chosen fields: never a request, a token or an error's parameters. */
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
