import { plural } from '../words.ts';
import { randomUUID } from 'node:crypto';
import type { Db } from '../db.ts';
import { AppError } from '../errors.ts';
import { log } from '../log.ts';

const LEASE_SECONDS = 60;
const RENEWED_EVERY_MS = 20_000;

class BeingDownloaded extends AppError {
  override readonly name = 'BeingDownloaded';

  constructor(begunMinutesAgo: number, retryAfterSeconds: number) {
    const begun = begunMinutesAgo < 1 ? 'just now' : `${plural(begunMinutesAgo, 'minute')} ago`;
    super(
      429,
      `This download began ${begun} and is still running. Wait for it or, if you cancelled it, try again in ${plural(retryAfterSeconds, 'second')}.`,
      { retryAfterSeconds },
    );
  }
}

/**
 * A lease in the database, since a download may take longer than a connection should be held. It ends within a minute
 * if its process is killed. @throws BeingDownloaded before anything is made
 */
export async function* oneAtATime(
  db: Db,
  userId: number,
  kind: string,
  make: () => AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const lease = randomUUID();
  await take(db, userId, kind, lease);
  const renewing = setInterval(() => {
    db.execute(`UPDATE downloads SET leased_until = ${UNTIL} WHERE user_id = $1 AND lease = $2`, [
      userId,
      lease,
    ]).catch((error: unknown) => log.warn({ err: error }, 'renewing a download’s lease failed'));
  }, RENEWED_EVERY_MS);
  try {
    yield* make();
  } finally {
    clearInterval(renewing);
    await db.execute(`DELETE FROM downloads WHERE user_id = $1 AND lease = $2`, [userId, lease]);
  }
}

const UNTIL = `now() + interval '${LEASE_SECONDS} seconds'`;

async function take(db: Db, userId: number, kind: string, lease: string): Promise<void> {
  const taken = await db.execute(
    `INSERT INTO downloads AS held (user_id, kind, lease, leased_until) VALUES ($1, $2, $3, ${UNTIL})
     ON CONFLICT (user_id, kind) DO UPDATE
     SET lease = excluded.lease, leased_until = excluded.leased_until, began_at = now()
     WHERE held.leased_until < now()`,
    [userId, kind, lease],
  );
  if (taken > 0) return;
  const held = await db.maybeOne<{ minutes: number; seconds: number }>(
    `SELECT floor(extract(epoch FROM now() - began_at) / 60)::int AS minutes,
       GREATEST(1, ceil(extract(epoch FROM leased_until - now())))::int AS seconds
     FROM downloads WHERE user_id = $1 AND kind = $2`,
    [userId, kind],
  );
  throw new BeingDownloaded(held?.minutes ?? 0, held?.seconds ?? 1);
}
