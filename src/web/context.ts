import type { Config } from '../config.ts';
import type { Db } from '../db.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import type { Readiness } from './operations/readiness.ts';

/** What the web layer is given: everything else it asks for in the domain areas. */
export interface WebContext {
  readonly config: Config;
  readonly db: Db;
  /** The same database without a limit on a statement’s time: for long work in the background. */
  readonly unhurried: Db;
  readonly access: SpotifyAccess;
  readonly readiness: Readiness;
}
