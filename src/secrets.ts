import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors.ts';

export interface TokenKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface Secrets {
  readonly sessionSecrets: readonly string[];
  readonly tokenKeys: readonly TokenKey[];
}

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
    message: 'must be KEYID:base64 of 32 bytes; separate several with commas and give each its own id',
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

/** Made by the first process that needs them. @throws ConfigError without quoting the file */
export function readOrMakeSecrets(file: string): Secrets {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) makeSecrets(file);
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigError([
      `${file}: does not contain this app’s secrets. Restore it from a backup, or delete it ` +
        '(everybody must then sign in again)',
    ]);
  }
}

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
