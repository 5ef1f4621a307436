import { constants } from 'node:zlib';
import compression from 'compression';

/**
 * Levels that pay: a page in brotli's second costs a third of gzip's sixth (its default) and is no larger; gzip's
 * third costs half of that, and is some percent larger.
 */
export const compressed = compression({
  level: 3,
  brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } },
});
