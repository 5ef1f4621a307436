import { beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/measure/large-database/fill.ts';
import { openLarge } from '../../scripts/measure/large-database/open.ts';
import { ALICE, csrfToken, nobody, signIn, useApp, userIdFor, type Visitor } from '../support/app.ts';

const test = useApp();
let alice: Visitor;

beforeAll(async () => {
  const db = openLarge(test.url);
  const size = {
    seed: 3,
    listeners: 2,
    tracks: 6_000,
    snapshots: 60_000,
    observed: { tracks: 5_000, days: 300 },
  };
  const observed = await fillLargeDatabase(db, size);
  await db.close();
  await test.db.execute('UPDATE users SET spotify_id = $2 WHERE user_id = $1', [observed, ALICE]);
  alice = await signIn(test, ALICE);
  if ((await userIdFor(test, ALICE)) !== observed) throw new Error('another listener signed in');
}, 120_000);

/** The slowest answer of /livez, in milliseconds, while something is going on; this process asks and answers. */
async function slowestWhile(work: () => Promise<unknown>): Promise<number> {
  let slowest = 0;
  const state = { going: true };
  const working = work().finally(() => (state.going = false));
  while (state.going) {
    const begun = performance.now();
    await nobody(test).get('/livez').expect(200);
    slowest = Math.max(slowest, performance.now() - begun);
  }
  await working;
  return slowest;
}

/** 100 ms is the aim, on a machine that does nothing else; what is looked for here took 8,000 and more. */
const LIMIT_MS = 3_000;

describe('/livez is answered at once', { timeout: 120_000 }, () => {
  it.each(['a"b\n', '""\n', '"a\n'])('while a file full of %j is loaded', async (line) => {
    const token = await csrfToken(alice, '/settings/audio-features');
    const file = Buffer.from(`track_id,energy\n${line.repeat(400_000)}`);
    const slowest = await slowestWhile(async () => {
      const answer = alice.post('/settings/audio-features').field('_csrf', token);
      await answer.attach('file', file, 'features.csv').expect(303);
    });
    expect(slowest).toBeLessThan(LIMIT_MS);
  });

  it('while an archive is exported', async () => {
    const slowest = await slowestWhile(async () => {
      await alice.get('/settings/export/archive.zip').responseType('blob').expect(200);
    });
    expect(slowest).toBeLessThan(LIMIT_MS);
  });
});
