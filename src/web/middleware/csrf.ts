import { randomBytes } from 'node:crypto';
import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../errors.ts';

const TOKEN_BYTES = 32;

const { generateToken, isRequestValid } = csrfSync({
  size: TOKEN_BYTES,
  getTokenFromRequest: (req: Request) => {
    const body = req.body as Record<string, unknown> | undefined;
    return typeof body?._csrf === 'string' ? unmask(body._csrf) : undefined;
  },
});

/**
 * The session's token as no two pages print it: the length of a compressed page that also shows typed words would
 * otherwise reveal it letter by letter (BREACH, CVE-2013-3587).
 */
function mask(token: string): string {
  const noise = randomBytes(TOKEN_BYTES);
  return Buffer.concat([noise, xor(noise, Buffer.from(token, 'hex'))]).toString('base64url');
}

/** Anything but a masked token comes to a text that no session has. */
function unmask(masked: string): string {
  const bytes = Buffer.from(masked, 'base64url');
  return xor(bytes.subarray(0, TOKEN_BYTES), bytes.subarray(TOKEN_BYTES)).toString('hex');
}

const xor = (noise: Buffer, token: Buffer): Buffer =>
  Buffer.from(token.map((byte, index) => byte ^ (noise[index] ?? 0)));

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The browser must not name a foreign page (Sec-Fetch-Site, Origin), and the form must carry the session's token. */
export function csrfProtection(baseUrl: string): RequestHandler {
  const { origin } = new URL(baseUrl);
  return (req, _res, next) => {
    if (READS.has(req.method)) return next();
    const foreign = isForeign(req, origin);
    if (foreign || (req.user && !isRequestValid(req))) {
      return next(new AppError(403, 'This form has expired. Reload the page and try again.'));
    }
    return next();
  };
}

/**
 * To be saved with a new session. Made by its first page, it would be another on each of two pages opened at once, and
 * lost with a session that could not be saved: their forms would be refused.
 */
export const beginForms = (req: Request): void => void generateToken(req);

/** Guests have no session and nothing to change. */
export const csrfTokenFor = (req: Request): string | null => (req.user ? mask(generateToken(req)) : null);

function isForeign(req: Request, origin: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  const from = req.get('Origin');
  return (
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (from !== undefined && from !== origin)
  );
}
