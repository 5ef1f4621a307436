import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, nobody, signIn, submit, useApp, userIdFor, type Visitor } from '../support/app.ts';
import { checksumTables } from '../support/checksum.ts';
import { insertImport, insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const everybody = useApp();
const ownerOnly = useApp({ OWNER_SPOTIFY_ID: ALICE });

async function insertWaiting(test: typeof everybody): Promise<number> {
  const archiveId = await insertListener(test.db, null);
  await insertImport(test.db, archiveId, 'shoebox.db');
  const track = await insertTrack(test.db, { name: 'A song to know it by' });
  await insertSnapshot(test.db, archiveId, { date: '2024-01-31' }, [track]);
  return archiveId;
}

describe('an archive that waits for its owner', () => {
  let alice: Visitor;
  let archiveId: number;
  const claimPath = (id: number | string = archiveId): string => `/archives/${id}/claim`;

  beforeAll(async () => {
    alice = await signIn(everybody, ALICE);
  });
  beforeEach(async () => {
    await everybody.db.execute('DELETE FROM users WHERE spotify_id IS NULL');
    archiveId = await insertWaiting(everybody);
  });

  it('is shown with what it holds, and a form to claim it', async () => {
    const page = await alice.get('/archives/unclaimed').expect(200);
    expect(page.text).toContain('A song to know it by');
    expect(page.text).toContain('shoebox.db');
    expect(page.text).toContain(claimPath());
  });

  it('is what a listener with nothing here is led to after signing in', async () => {
    const visitor = nobody(everybody);
    const start = await visitor.get('/auth/spotify');
    everybody.spotify.signInAs(BOB);
    const approved = await fetch(String(start.headers.location), { redirect: 'manual' });
    const back = new URL(String(approved.headers.get('location')));
    await visitor
      .get(back.pathname + back.search)
      .expect(303)
      .expect('Location', '/archives/unclaimed');
  });

  it('is claimed once confirmed, and then on the dashboard', async () => {
    const answer = await submit(alice, claimPath(), { confirm: 'yes' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/dashboard']);
    expect((await alice.get('/dashboard').expect(200)).text).toContain('A song to know it by');
    expect((await alice.get('/archives/unclaimed').expect(200)).text).not.toContain('A song to know it by');
    expect((await submit(alice, claimPath(), { confirm: 'yes' })).status).toBe(404);
  });

  it.each([{}, { confirm: '' }, { confirm: 'no' }, { confirm: 'YES' }])(
    'is a 400 with %j, and nothing changes',
    async (fields: Record<string, string>) => {
      await alice.get('/settings');
      const before = await checksumTables(everybody.db);
      const answer = await submit(alice, claimPath(), fields);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('“confirm”');
      expect(await checksumTables(everybody.db)).toEqual(before);
    },
  );

  it('is a 404 where it is a listener’s or never was, and nothing changes', async () => {
    await signIn(everybody, BOB);
    const before = await checksumTables(everybody.db, ['sessions']);
    for (const id of [await userIdFor(everybody, BOB), await userIdFor(everybody, ALICE), 987_654]) {
      expect((await submit(alice, claimPath(id), { confirm: 'yes' })).status).toBe(404);
    }
    expect(await checksumTables(everybody.db, ['sessions'])).toEqual(before);
  });

  it('goes to one of two who claim it at once; the other gets a 404', async () => {
    const bob = await signIn(everybody, BOB);
    const answers = await Promise.all(
      [alice, bob].map((one) => submit(one, claimPath(), { confirm: 'yes' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 404]));
  });

  it('reads well where none waits', async () => {
    await everybody.db.execute('DELETE FROM users WHERE spotify_id IS NULL');
    await alice.get('/archives/unclaimed').expect(200);
    await nobody(everybody).get('/archives/unclaimed').expect(302);
  });
});

describe('where OWNER_SPOTIFY_ID names the owner', () => {
  it('nobody else sees an archive that waits, is led to it, or can claim it', async () => {
    const archiveId = await insertWaiting(ownerOnly);
    const bob = await signIn(ownerOnly, BOB);
    const page = await bob.get('/archives/unclaimed').expect(200);
    expect(page.text).not.toContain('A song to know it by');
    expect(page.text).not.toContain(`/archives/${archiveId}/claim`);
    for (const fields of [{ confirm: 'yes' }, {}]) {
      const before = await checksumTables(ownerOnly.db, ['sessions']);
      expect((await submit(bob, `/archives/${archiveId}/claim`, fields)).status).toBe(404);
      expect(await checksumTables(ownerOnly.db, ['sessions'])).toEqual(before);
    }
    const alice = await signIn(ownerOnly, ALICE);
    expect((await alice.get('/archives/unclaimed').expect(200)).text).toContain('A song to know it by');
    expect((await submit(alice, `/archives/${archiveId}/claim`, { confirm: 'yes' })).status).toBe(303);
  });
});
