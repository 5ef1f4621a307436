import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Db, Queries } from '../db.ts';
import { AppError } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';

export const SCOPES = ['read', 'write:playlists'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiToken {
  readonly token_id: number;
  readonly name: string;
  readonly last_characters: string;
  readonly scopes: readonly Scope[];
  readonly created_at: Date;
  readonly ends_at: Date;
  readonly has_ended: boolean;
  /** The listener's day, `YYYY-MM-DD`; null: never used. */
  readonly last_used_on: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly days: number;
}

/** A listener with more has a script that makes tokens and forgets them. */
export const MOST_TOKENS = 50;

const PREFIX = 'mtm_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Base 62: 43 digits hold 32 bytes, 6 hold a CRC-32. */
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const SHAPE = new RegExp(`^${PREFIX}([0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`);

function inBase62(number: bigint, digits: number): string {
  let written = '';
  for (let rest = number; written.length < digits; rest /= 62n)
    written = DIGITS.charAt(Number(rest % 62n)) + written;
  return written;
}

const checksumOf = (digits: string): string => inBase62(BigInt(crc32(digits)), CHECKSUM_DIGITS);

/** The prefix and the checksum let scanners for leaked secrets recognise one offline. */
function makeSecret(): string {
  const digits = inBase62(BigInt(`0x${randomBytes(32).toString('hex')}`), SECRET_DIGITS);
  return PREFIX + digits + checksumOf(digits);
}

/** Spares the database what was cut off or mistyped. */
export function isTokenShaped(secret: string): boolean {
  const [, digits, checksum] = SHAPE.exec(secret) ?? [];
  return digits !== undefined && checksumOf(digits) === checksum;
}

/** A fast hash will do: nobody guesses 256 random bits. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** @returns the secret, which is kept nowhere @throws AppError 409 if the listener has too many */
export async function createApiToken(db: Db, userId: number, token: NewToken): Promise<string> {
  const secret = makeSecret();
  await db.withTransaction(async (tx) => {
    // One after the other, so that two at once are counted.
    await tx.execute(`SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE`, [userId]);
    const kept = await tx.execute(
      `INSERT INTO api_tokens (user_id, token_hash, last_characters, name, scopes, ends_at)
       SELECT $1, $2, $3, $4, $5, now() + make_interval(days => $6)
       WHERE (SELECT count(*) FROM api_tokens WHERE user_id = $1) < ${MOST_TOKENS}`,
      [userId, hashOf(secret), secret.slice(-4), token.name, token.scopes, token.days],
    );
    if (kept === 0) throw tooManyTokens();
  });
  return secret;
}

const tooManyTokens = (): AppError =>
  new AppError(409, `You have ${MOST_TOKENS} tokens already. Delete one that you no longer need.`);

export const listApiTokens = (db: Queries, userId: number): Promise<ApiToken[]> =>
  db.many<ApiToken>(TOKENS, [userId]);

const TOKENS = hotQuery(
  'settings: tokens for programs',
  `
  SELECT token_id, name, last_characters, scopes, created_at, ends_at, ends_at <= now() AS has_ended, last_used_on
  FROM api_tokens WHERE user_id = $1 ORDER BY token_id DESC`,
);

export async function deleteApiToken(db: Queries, userId: number, tokenId: number): Promise<boolean> {
  const deleted = await db.execute(`DELETE FROM api_tokens WHERE user_id = $1 AND token_id = $2`, [
    userId,
    tokenId,
  ]);
  return deleted > 0;
}
