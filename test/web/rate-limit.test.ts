import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { nobody, useApp } from '../support/app.ts';

const test = useApp();
/** The same app in what could be another process. */
let other: Server;

beforeAll(async () => {
  other = createServer(createApp({ config: test.config, db: test.db }).express).listen(0, '127.0.0.1');
  await once(other, 'listening');
});
afterAll(() => other.close());
beforeEach(() => test.db.execute('DELETE FROM rate_limits'));

const startSignIn = () => nobody(test).get('/auth/spotify');
const startSignInThere = (): Promise<Response> =>
  fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/auth/spotify`, { redirect: 'manual' });
const countTo = (hits: number): Promise<number> =>
  test.db.execute('UPDATE rate_limits SET hits = $1', [hits]);

describe('sign-ins', () => {
  it('are counted for all processes together, and refused past the limit in words', async () => {
    await startSignIn().expect(302);
    await countTo(298);
    expect((await startSignInThere()).status).toBe(302);
    await startSignIn().expect(302);
    const refused = await startSignInThere();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toMatch(/r=0/);
    expect(await refused.text()).toContain('too many sign-ins');
  });

  it('are welcome again once the minute is over', async () => {
    await startSignIn().expect(302);
    await countTo(5000);
    await startSignIn().expect(429);
    await test.db.execute(`UPDATE rate_limits SET ends_at = now()`);
    await startSignIn().expect(302);
    expect(await test.db.one('SELECT hits FROM rate_limits')).toEqual({ hits: 1 });
  });

  it('of many leave no rows behind for long', async () => {
    await test.db.execute(
      `INSERT INTO rate_limits SELECT 'sign-in:' || n, 1, now() - interval '2 minutes' FROM generate_series(1, 15) AS n`,
    );
    await startSignIn().expect(302);
    await startSignIn().expect(302);
    expect(await test.db.one('SELECT count(*)::int AS rows FROM rate_limits')).toEqual({ rows: 1 });
  });

  it('go on uncounted where the count cannot be kept', async () => {
    await test.db.execute('ALTER TABLE rate_limits RENAME TO rate_limits_away');
    await startSignIn().expect(302);
    await test.db.execute('ALTER TABLE rate_limits_away RENAME TO rate_limits');
  });
});
