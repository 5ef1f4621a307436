import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface SealingKey {
  readonly id: string;
  readonly key: Buffer;
}

export class UnreadableToken extends Error {
  override readonly name = 'UnreadableToken';
}

/** AES-256-GCM, bound to its user and column; a new 96-bit nonce each time (NIST SP 800-38D §8.2.2). */
export function sealToken(
  keys: readonly SealingKey[],
  token: string,
  userId: number,
  column: string,
): string {
  const newest = keys[0];
  if (!newest) throw new Error('no token encryption key');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', newest.key, nonce).setAAD(boundTo(userId, column));
  const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  const parts = [nonce, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'));
  return ['v1', newest.id, ...parts].join('.');
}

export function openToken(
  keys: readonly SealingKey[],
  sealed: string,
  userId: number,
  column: string,
): string {
  const [version, keyId, ...parts] = sealed.split('.');
  const [nonce, tag, ciphertext] = parts.map((part) => Buffer.from(part, 'base64url'));
  const key = keys.find(({ id }) => id === keyId)?.key;
  if (version !== 'v1' || !key || !nonce || tag?.length !== 16 || !ciphertext) throw new UnreadableToken();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
      .setAAD(boundTo(userId, column))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new UnreadableToken('a stored token could not be decrypted', { cause });
  }
}

const boundTo = (userId: number, column: string): Buffer =>
  Buffer.from(`spotify_connections.${userId}.${column}`);
