import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Response } from 'express';

/**
 * Levels that pay: a page in brotli's second costs a third of gzip's sixth (its default) and is no larger; gzip's
 * third costs half of that, and is some percent larger.
 */
export const LEVELS = {
  gzip: { level: 3 },
  brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } },
} as const;

const COMPRESS = {
  br: (page: Buffer): Buffer => brotliCompressSync(page, LEVELS.brotli),
  gzip: (page: Buffer): Buffer => gzipSync(page, LEVELS.gzip),
} as const;

/**
 * A whole page in one piece. Another thread takes longer to be asked than the compression of some 100 KB takes, and
 * its streams leave more to clear away than the page itself. No ETag: nobody keeps a page that must not be stored.
 */
export function sendPage(res: Response, html: string): void {
  const page = Buffer.from(html);
  const encoding = (['br', 'gzip'] as const).find((one) => res.req.acceptsEncodings(one));
  if (encoding !== undefined) res.set('Content-Encoding', encoding);
  const sent = encoding === undefined ? page : COMPRESS[encoding](page);
  res.type('html').set('Content-Length', String(sent.length)).end(sent);
}
