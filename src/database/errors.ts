import { AppError } from '../errors.ts';

export class DatabaseUnavailable extends AppError {
  override readonly name = 'DatabaseUnavailable';

  constructor(cause: unknown) {
    super(
      503,
      'The archive’s database is not answering right now. Nothing is lost. Please try again in a moment.',
      {
        retryAfterSeconds: 5,
        cause,
      },
    );
  }
}

/** ROLLBACK failed: the connection must not return to the pool. */
export class ConnectionUnusable extends Error {
  constructor(
    cause: unknown,
    readonly rollbackError: unknown,
  ) {
    super('a transaction could not be rolled back', { cause });
  }
}

/** A migration has changed a kept plan's columns, so its connection is useless. */
export const isPlanStale = (error: unknown): boolean =>
  codeOf(error) === '0A000' && /cached plan must not change/.test((error as Error).message);

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);

/** No SQLSTATE, a connection error, or a node that became read-only after a failover. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof ConnectionUnusable) return true;
  if (!(error instanceof Error) || error instanceof AppError) return false;
  const code = codeOf(error);
  if (isSqlState(code)) return /^(08|57P0|25006)/.test(code);
  return /^E[A-Z]+$/.test(code) || /Connection terminated|timeout|connection error/i.test(error.message);
}

/** Unreachable, overloaded, full or read-only, by SQLSTATE class (PostgreSQL manual, appendix A). */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof ConnectionUnusable) return new DatabaseUnavailable(error);
  const unavailable = isConnectionLost(error) || /^(53|57014|57P|55P03|25P03)/.test(codeOf(error));
  return unavailable ? new DatabaseUnavailable(error) : error;
}
