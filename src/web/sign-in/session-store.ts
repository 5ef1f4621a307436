import connectPgSimple from 'connect-pg-simple';
import session, { type SessionData } from 'express-session';
import type { Request } from 'express';
import type { Db } from '../../db.ts';
import { AppError } from '../../errors.ts';
import { log } from '../../log.ts';
import { findSession, type Visitor } from '../../users/visitor.ts';

const PgStore = connectPgSimple(session);
const HOUR_S = 3_600;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

type Done = (error?: unknown) => void;

/** If the page is out already, only what the session would have kept is lost. */
export class SessionUnsaved extends AppError {
  override readonly name = 'SessionUnsaved';

  constructor(cause: unknown) {
    super(503, 'Sign-ins can’t be saved right now. Please try again in a moment.', {
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** Read in one statement with the session, and forgotten with the request. */
const visitors = new WeakMap<object, Visitor>();

/** Null: no session, or its listener is gone. */
export const visitorOf = (req: Request): Visitor | null => visitors.get(req) ?? null;

/**
 * connect-pg-simple with three differences. A loaded session is only ever updated, so that a slow request cannot
 * bring back one that has been signed out. Sessions end by the database's clock, after 30 days at the latest. Queries
 * go through db.ts, where an SQL error costs no connection.
 */
export class SessionStore extends PgStore {
  readonly #db: Db;
  readonly #stored = new WeakSet<object>();
  /** Sessions whose idle limit was extended less than an hour ago. */
  readonly #fresh = new WeakSet<object>();

  constructor(db: Db) {
    super({
      pool: db.pool,
      tableName: 'sessions',
      createTableIfMissing: false,
      pruneSessionInterval: 60 * 60,
      errorLog: (message: unknown) => log.warn({ detail: String(message) }, 'session store'),
    });
    this.#db = db;
  }

  /** For connect-pg-simple's own statements (destroy, touch, prune). */
  async _asyncQuery(sql: string, values: unknown[] = []): Promise<unknown> {
    return (await this.#db.many(sql, values))[0];
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    findSession<SessionData>(this.#db, sid).then((kept) => {
      if (kept === null) return done(null, null);
      const { session: data, expiresInSeconds, visitor } = kept;
      if (expiresInSeconds > lifetimeOf(data) - HOUR_S) this.#fresh.add(data);
      if (visitor !== null) visitors.set(data, visitor);
      done(null, data);
    }, done);
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    const loaded = super.createSession(req, data);
    this.#stored.add(loaded);
    if (this.#fresh.has(data)) this.#fresh.add(loaded);
    const visitor = visitors.get(data);
    if (visitor !== undefined) visitors.set(req, visitor);
    return loaded;
  }

  override set(sid: string, data: SessionData, done: Done = () => undefined): void {
    const values = [sid, lifetimeOf(data), JSON.stringify(data)];
    const written = this.#stored.has(data)
      ? this.#db.execute(`UPDATE sessions SET sess = $3, expire = ${EXPIRES} WHERE sid = $1`, values)
      : this.#db.execute(`INSERT INTO sessions (sid, sess, expire) VALUES ($1, $3, ${EXPIRES})`, values);
    written.then(
      () => {
        this.#stored.add(data);
        done();
      },
      (error: unknown) => done(new SessionUnsaved(error)),
    );
  }

  override destroy(sid: string, done: Done = () => undefined): void {
    super.destroy(sid, (error: unknown) => done(error ? new SessionUnsaved(error) : undefined));
  }

  /** At most once an hour: reading a page need not write a row, nor fail if the database takes none. */
  override touch(sid: string, data: SessionData, done: Done = () => undefined): void {
    if (this.#fresh.has(data)) return done();
    this.#db
      .execute(
        `UPDATE sessions SET expire = ${EXPIRES}
         WHERE sid = $1 AND expire < ${EXPIRES} - make_interval(secs => ${HOUR_S})`,
        [sid, lifetimeOf(data)],
      )
      .catch((error: unknown) => log.warn({ err: error }, 'a session could not be prolonged'))
      .then(() => done(), done);
  }
}

const EXPIRES = 'now() + make_interval(secs => $2)';
const lifetimeOf = ({ cookie }: SessionData): number => (cookie.originalMaxAge ?? WEEK_MS) / 1000;
