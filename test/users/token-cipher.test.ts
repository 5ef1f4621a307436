import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openToken, sealToken, UnreadableToken, type SealingKey } from '../../src/users/token-cipher.ts';

const key = (id: string): SealingKey => ({ id, key: randomBytes(32) });
const KEYS = [key('k1')];
const TOKEN = 'BQ-a-planted-token';
const seal = (token = TOKEN, keys: readonly SealingKey[] = KEYS): string =>
  sealToken(keys, token, 1, 'access_token');

describe('a sealed token', () => {
  it('opens for the same listener and column', () => {
    expect(openToken(KEYS, seal(), 1, 'access_token')).toBe(TOKEN);
    expect(openToken(KEYS, seal('ключ 🔑'), 1, 'access_token')).toBe('ключ 🔑');
  });

  it('names its version and key and shows nothing of the token', () => {
    const sealed = seal();
    expect(sealed).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const)
      expect(sealed).not.toContain(Buffer.from(TOKEN).toString(encoding).slice(0, 12));
  });

  it('stays shut for another listener, another column and another key', () => {
    const sealed = seal();
    expect(() => openToken(KEYS, sealed, 2, 'access_token')).toThrow(UnreadableToken);
    expect(() => openToken(KEYS, sealed, 1, 'refresh_token')).toThrow(UnreadableToken);
    expect(() => openToken([key('k1')], sealed, 1, 'access_token')).toThrow(UnreadableToken);
    expect(() => openToken([key('k2')], sealed, 1, 'access_token')).toThrow(UnreadableToken);
    expect(() => openToken([], sealed, 1, 'access_token')).toThrow(UnreadableToken);
  });

  it('stays shut with any one bit of it turned over', () => {
    const [version, id, ...parts] = seal().split('.') as [string, string, ...string[]];
    const bytes = parts.map((part) => Buffer.from(part, 'base64url'));
    let tried = 0;
    bytes.forEach((part, which) => {
      for (let bit = 0; bit < part.length * 8; bit += 1) {
        const bent = Buffer.from(part);
        bent.writeUInt8(bent.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const sealed = [version, id, ...bytes.with(which, bent).map((one) => one.toString('base64url'))];
        expect(() => openToken(KEYS, sealed.join('.'), 1, 'access_token')).toThrow(UnreadableToken);
        tried += 1;
      }
    });
    expect(tried).toBe((12 + 16 + TOKEN.length) * 8);
  });

  it.each([
    ['nothing', () => ''],
    ['plain text', () => TOKEN],
    ['another version', () => seal().replace('v1', 'v2')],
    [
      'a shortened tag',
      () => seal().replace(/\.([\w-]{22})\./, (_all, tag: string) => `.${tag.slice(0, 6)}.`),
    ],
    ['no ciphertext', () => seal().split('.').slice(0, 4).join('.')],
    ['an empty nonce', () => seal().replace(/^(v1\.k1\.)[\w-]+/, '$1')],
    ['a longer end', () => `${seal()}AAAA`],
  ])('is told from %s', (_what, sealed) => {
    expect(() => openToken(KEYS, sealed(), 1, 'access_token')).toThrow(UnreadableToken);
  });

  it('opens with a key that is no longer the newest', () => {
    const sealed = seal();
    const keys = [key('k2'), ...KEYS];
    expect(openToken(keys, sealed, 1, 'access_token')).toBe(TOKEN);
    expect(seal(TOKEN, keys)).toMatch(/^v1\.k2\./);
  });

  it('is never sealed twice the same way', () => {
    const nonces = Array.from({ length: 10_000 }, () => seal().split('.')[2]);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});
