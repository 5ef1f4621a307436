import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors.ts';

export interface TokenKey {
  readonly id: string;
  /** 32 bytes */
  readonly key: Buffer;
}

export interface Secrets {
  readonly sessionSecrets: readonly string[];
  readonly tokenKeys: readonly TokenKey[];
}

/** Reads `KEYID:base64` pairs, newest first. */
export function readTokenKeys(pairs: readonly string[], context: z.RefinementCtx): TokenKey[] {
  const keys = pairs.map(readTokenKey).filter((key) => key !== null);
  if (
    keys.length === pairs.length &&
    keys.length > 0 &&
    new Set(keys.map(({ id }) => id)).size === keys.length
  )
    return keys;
  context.addIssue({
    code: 'custom',
    message: 'must be KEYID:base64 of 32 bytes, several parted by commas, each with an id of its own',
  });
  return z.NEVER;
}

function readTokenKey(pair: string): TokenKey | null {
  const [id = '', encoded = ''] = pair.split(':', 2);
  const key = Buffer.from(encoded, 'base64');
  return /^[\w-]{1,32}$/.test(id) && key.length === 32 ? { id, key } : null;
}

const stored = z
  .object({
    sessionSecret: z.string().min(32),
    tokenKey: z.string().transform((pair, context) => readTokenKeys([pair], context)),
  })
  .transform(({ sessionSecret, tokenKey }) => ({ sessionSecrets: [sessionSecret], tokenKeys: tokenKey }));

/**
 * The secrets kept in a file, made at the first call, in whichever process comes first.
 * @throws ConfigError, without quoting it, if the file holds something else
 */
export function readOrMakeSecrets(file: string): Secrets {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) makeSecrets(file);
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigError([
      `${file}: does not hold the secrets this app once wrote there. Put it back from a backup, or delete it ` +
        '(everybody then signs in again)',
    ]);
  }
}

/** Written aside and then linked into place: nobody ever sees half a file, and what is there already stays. */
function makeSecrets(file: string): void {
  const draft = `${file}.${process.pid}`;
  const secrets = {
    sessionSecret: randomBytes(32).toString('base64'),
    tokenKey: `own:${randomBytes(32).toString('base64')}`,
  };
  writeFileSync(draft, JSON.stringify(secrets), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
}
