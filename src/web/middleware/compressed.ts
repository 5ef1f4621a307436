import compression from 'compression';
import { LEVELS } from '../page/send-page.ts';

/** All but pages: `sendPage` compresses those. */
export const compressed = compression({ ...LEVELS.gzip, brotli: LEVELS.brotli });
