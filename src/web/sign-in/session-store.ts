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

/** A session could not be written. Where the page is out already, all that is lost is what it would have kept. */
export class SessionUnsaved extends AppError {
  override readonly name = 'SessionUnsaved';

  constructor(cause: unknown) {
    super(503, 'The archive cannot keep who is signed in just now. Please try again in a moment.', {
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** Read together with the session, and forgotten with the request. */
const visitors = new WeakMap<object, Visitor>();

/** Whose session the request came with; null: it came without one, or its listener is gone. */
export const visitorOf = (req: Request): Visitor | null => visitors.get(req) ?? null;

/**
 * connect-pg-simple with three differences: a session that was loaded is only ever UPDATEd, so that a slow request
 * cannot bring a signed-out session back to life; sessions end by the database's clock, the latest 30 days after
 * they began; and queries go through our own db, so that an error costs no connection.
 */
export class SessionStore extends PgStore {
  readonly #db: Db;
  readonly #stored = new WeakSet<object>();
  /** Those whose idle limit was pushed out less than an hour ago. */
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

  /** Where connect-pg-simple sends its own statements (destroy, touch, prune). */
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

  /**
   * Pushes the idle limit out, at most once an hour: reading a page is no reason to write a row, nor to fail where
   * the database takes none.
   */
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
