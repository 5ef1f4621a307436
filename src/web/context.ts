import type { Config } from '../config.ts';
import type { Db } from '../db.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import type { Readiness } from './operations/readiness.ts';

/** Everything else the web layer asks the domain areas for. */
export interface WebContext {
  readonly config: Config;
  readonly db: Db;
  /** Without a limit on a statement's time: for long work in the background. */
  readonly unhurried: Db;
  readonly access: SpotifyAccess;
  readonly readiness: Readiness;
}
