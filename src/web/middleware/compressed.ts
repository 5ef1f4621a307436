import compression from 'compression';
import { LEVELS } from '../page/send-page.ts';

/** All that is no page: those are compressed by `sendPage`. */
export const compressed = compression({ ...LEVELS.gzip, brotli: LEVELS.brotli });
