import connectPgSimple from 'connect-pg-simple';
import session, { type SessionData } from 'express-session';
import type { Request } from 'express';
import type { Db } from '../db.ts';
import { log } from '../log.ts';

const PgStore = connectPgSimple(session);
const ABSOLUTE_LIFETIME = '30 days';

type Done = (error?: unknown) => void;

/**
 * connect-pg-simple with three differences: a session that was loaded is only ever UPDATEd, so that a slow request
 * cannot bring a signed-out session back to life; every session ends 30 days after it began, by the database's
 * clock; and queries go through our own db, so that an error costs no connection.
 */
export class SessionStore extends PgStore {
  readonly #db: Db;
  readonly #stored = new WeakSet<object>();

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
    this.#db
      .maybeOne<{ sess: SessionData }>(
        `SELECT sess FROM sessions
         WHERE sid = $1 AND expire > now() AND created_at > now() - interval '${ABSOLUTE_LIFETIME}'`,
        [sid],
      )
      .then((row) => done(null, row?.sess ?? null), done);
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    const loaded = super.createSession(req, data);
    this.#stored.add(loaded);
    return loaded;
  }

  override set(sid: string, data: SessionData, done: Done = () => undefined): void {
    const values = [sid, JSON.stringify(data), data.cookie.expires ?? null];
    const written = this.#stored.has(data)
      ? this.#db.execute(`UPDATE sessions SET sess = $2, expire = ${EXPIRES} WHERE sid = $1`, values)
      : this.#db.execute(`INSERT INTO sessions (sid, sess, expire) VALUES ($1, $2, ${EXPIRES})`, values);
    written.then(() => {
      this.#stored.add(data);
      done();
    }, done);
  }

  /** Pushes the idle limit out, at most once an hour: reading a page is no reason to write a row. */
  override touch(sid: string, data: SessionData, done: Done = () => undefined): void {
    this.#db
      .execute(
        `UPDATE sessions SET expire = ${EXPIRES.replace('$3', '$2')}
         WHERE sid = $1 AND expire < ${EXPIRES.replace('$3', '$2')} - interval '1 hour'`,
        [sid, data.cookie.expires ?? null],
      )
      .then(() => done(), done);
  }
}

const EXPIRES = `COALESCE($3::timestamptz, now() + interval '7 days')`;
