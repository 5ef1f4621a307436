import { mkdtempSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeImport } from '../../src/history-import/hold.ts';
import { beginHistoryImport } from '../../src/history-import/imports.ts';
import { cookiesOf, csrfToken, nobody, submit, useCast, type Visitor } from '../support/app.ts';
import { readCsv } from '../support/csv.ts';
import { extendedList, extendedRow, zipOf } from '../support/given-history.ts';
import { listListenerRows } from '../support/listener-rows.ts';
import { mountSmallDisk, unmount } from '../support/mounts.ts';

const test = useCast();
const PAGE = '/history/import';

beforeEach(async () => {
  await test.db.execute('DELETE FROM plays');
  await test.db.execute('DELETE FROM history_imports');
});

type Files = Readonly<Record<string, string | Buffer>>;

async function upload(visitor: Visitor, files: Files, accept = 'text/html') {
  const token = await csrfToken(visitor);
  const sending = visitor.post(PAGE).set('Accept', accept).field('_csrf', token);
  for (const [name, content] of Object.entries(files))
    void sending.attach('files', Buffer.from(content as string), name);
  return sending;
}

const wordsOf = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const read = async (visitor: Visitor, address: string): Promise<string> =>
  (await visitor.get(address).expect(200)).text;

/** The path of the import whose files have been read. */
async function uploaded(visitor: Visitor, files: Files): Promise<string> {
  const answer = await upload(visitor, files);
  expect(answer.status).toBe(303);
  const at = String(answer.headers.location);
  await expect.poll(() => read(visitor, at), { timeout: 20_000 }).not.toContain('data-progress');
  return at;
}

/** Does what a button of the page does, and waits until it is done. */
async function press(visitor: Visitor, action: string, fields = {}): Promise<string> {
  const answer = await submit(visitor, action, fields);
  expect(answer.status).toBe(303);
  const at = String(answer.headers.location);
  await expect.poll(() => read(visitor, at), { timeout: 20_000 }).not.toContain('data-progress');
  return at;
}

const countPlays = async (userId: number): Promise<number> =>
  (await listListenerRows(test.db, userId, 'plays')).length;
const filesLeft = (): string[] => {
  const root = path.join(tmpdir(), `music-time-machine-${userInfo().uid}`);
  return readdirSync(root).filter((name) => name.includes(`.${process.pid}.`));
};

const HISTORY = extendedList(
  {},
  { ts: '2024-03-02T19:04:11Z', incognito_mode: true },
  { ts: '2024-05-02T19:04:11Z' },
  {
    ts: '2024-06-02T19:04:11Z',
    master_metadata_track_name: null,
    spotify_track_uri: null,
    spotify_episode_uri: 'spotify:episode:0aB1cD2eF3gH4iJ5kL6mN7',
    episode_name: '=Formula',
  },
);

describe('a newcomer’s page', () => {
  it('says before anything is sent what is never kept, and where the files are', async () => {
    const words = wordsOf(await read(test.alice, PAGE));
    expect(words).toMatch(/Never saved: your IP addresses/);
    expect(words).toMatch(/Extended streaming history/);
    await nobody(test).get(PAGE).expect(302);
  });
});

describe('files', () => {
  it('are accounted for, imported with one button, taken away row by row, and undone', async () => {
    const at = await uploaded(test.alice, {
      'my_spotify_data.zip': await zipOf({ 'a/Streaming_History_Audio_2024.json': HISTORY }),
    });
    const offer = wordsOf(await read(test.alice, at));
    expect(offer).toMatch(/3 new plays , from 4 rows/);
    expect(offer).toMatch(/Podcasts 1 /);
    expect(offer).not.toContain('192.0.2.17');
    expect(await countPlays(test.aliceId)).toBe(0);
    expect(filesLeft()).toEqual([]);

    await press(test.alice, `${at}/confirm`);
    expect(await countPlays(test.aliceId)).toBe(3);
    expect(wordsOf(await read(test.alice, at))).toMatch(/Added on .*: 3 new plays/);
    expect(await read(test.alice, PAGE)).toContain(`href="${at}"`);

    const added = readCsv(await read(test.alice, `${at}/rows.csv?bucket=added`));
    expect(added.slice(1).map(([, , playedAt]) => playedAt)).toEqual([
      '2024-03-02T19:04:11.000Z',
      '2024-05-02T19:04:11.000Z',
      '2025-03-02T19:04:11.000Z',
    ]);
    expect(JSON.parse(added[1]?.at(-1) ?? '')).toMatchObject({ incognito_mode: true, conn_country: 'SE' });
    const podcasts = readCsv(await read(test.alice, `${at}/rows.csv?bucket=podcast`));
    expect(podcasts[1]?.slice(0, 2)).toEqual([
      'my_spotify_data.zip/a/Streaming_History_Audio_2024.json',
      '4',
    ]);

    await press(test.alice, `${at}/undo`);
    expect(await countPlays(test.aliceId)).toBe(0);
    await test.alice.get(at).expect(404);
  });

  it('leave out private sessions where the listener chooses so', async () => {
    const at = await uploaded(test.alice, { 'a.json': HISTORY });
    expect(wordsOf(await read(test.alice, at))).toMatch(/private sessions: 1\./);
    await press(test.alice, `${at}/private`, { private: 'out' });
    expect(wordsOf(await read(test.alice, at))).toMatch(/2 new plays , from 4 rows.*Private sessions 1 /);
    await press(test.alice, `${at}/confirm`);
    expect(await countPlays(test.aliceId)).toBe(2);
    expect(readCsv(await read(test.alice, `${at}/rows.csv?bucket=private+session`))).toHaveLength(2);
  });

  it('a second time bring nothing, and say so; the rows’ places can be taken away', async () => {
    await press(test.alice, `${await uploaded(test.alice, { 'a.json': HISTORY })}/confirm`);
    const at = await uploaded(test.alice, {
      'b.json': HISTORY,
      'more.json': extendedList({ ts: '2020-01-01T00:00:00Z' }),
    });
    expect(wordsOf(await read(test.alice, at))).toMatch(/1 new play , from 5 rows/);
    await press(test.alice, `${at}/confirm`);
    const again = readCsv(await read(test.alice, `${at}/rows.csv?bucket=same+row+again`));
    expect(again.slice(1).map(([file, row]) => [file, row])).toEqual(
      [1, 2, 3].map((row) => ['b.json', String(row)]),
    );
    expect(wordsOf(await read(test.alice, await uploaded(test.alice, { 'c.json': HISTORY })))).toMatch(
      /no new plays/,
    );
  });

  it('in two imports at once are added once', async () => {
    const [one, other] = [
      await uploaded(test.alice, { 'a.json': HISTORY }),
      await uploaded(test.alice, { 'b.json': HISTORY }),
    ];
    await Promise.all([press(test.alice, `${one}/confirm`), press(test.alice, `${other}/confirm`)]);
    expect(await countPlays(test.aliceId)).toBe(3);
    const words = await Promise.all([one, other].map(async (at) => wordsOf(await read(test.alice, at))));
    expect(
      words.map((text) => Number(/: (\d+) new plays/.exec(text)?.[1])).toSorted((a, b) => a - b),
    ).toEqual([0, 3]);
  });

  it('of two people stay with those who gave them', async () => {
    const [hers, his] = await Promise.all([
      uploaded(test.alice, { 'a.json': HISTORY }),
      uploaded(test.bob, { 'a.json': extendedList({ ts: '2019-01-01T00:00:00Z' }) }),
    ]);
    await Promise.all([press(test.alice, `${hers}/confirm`), press(test.bob, `${his}/confirm`)]);
    expect([await countPlays(test.aliceId), await countPlays(test.bobId)]).toEqual([3, 1]);
    for (const address of [hers, `${hers}/progress`, `${hers}/rows.csv`])
      await test.bob.get(address).expect(404);
    for (const action of ['private', 'confirm', 'cancel', 'undo'])
      expect((await submit(test.bob, `${hers}/${action}`, { private: 'in' })).status).toBe(404);
    expect(await countPlays(test.aliceId)).toBe(3);
  });

  it('that are no history say what they are, and nothing can be imported', async () => {
    const image = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.alloc(100)]);
    const at = await uploaded(test.alice, {
      'Streaming_History_Audio.json': image,
      'none.json': '{"playlists": []}',
    });
    const page = await read(test.alice, at);
    expect(wordsOf(page)).toMatch(/an image \(PNG\).*a list of your playlists/);
    expect(page).not.toContain('/confirm');
  });

  it('of a locked ZIP say so', async () => {
    const zip = await zipOf({ 'a.json': HISTORY });
    for (const [signature, flags] of [
      ['PK\u0003\u0004', 6],
      ['PK\u0001\u0002', 8],
    ] as const) {
      const at = zip.indexOf(signature, 0, 'latin1') + flags;
      zip.writeUInt16LE(zip.readUInt16LE(at) | 1, at);
    }
    expect(wordsOf(await read(test.alice, await uploaded(test.alice, { 'locked.zip': zip })))).toMatch(
      /password/,
    );
  });

  it('are taken by a script too, which is told where to go on, or what is wrong', async () => {
    const answer = await upload(test.alice, { 'a.json': HISTORY }, 'application/json');
    expect([answer.status, (answer.body as { path: string }).path]).toEqual([
      201,
      expect.stringMatching(/^\/history\/import\/\d+$/),
    ]);
    const none = await upload(test.alice, {}, 'application/json');
    expect([none.status, none.body]).toEqual([400, { error: expect.any(String) as string }]);
    expect((await upload(test.alice, {})).headers.location).toBe(PAGE);
  });

  it('by the thousand are too many for one form', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`${n}.json`, '[]']));
    expect((await upload(test.alice, many, 'application/json')).status).toBe(413);
    expect(await listListenerRows(test.db, test.aliceId, 'history_imports')).toEqual([]);
    expect(filesLeft()).toEqual([]);
  });

  it('without the form’s token are not looked at', async () => {
    const answer = await test.alice
      .post(PAGE)
      .field('_csrf', 'x')
      .attach('files', Buffer.from(HISTORY), 'a.json');
    expect(answer.status).toBe(403);
    expect(await listListenerRows(test.db, test.aliceId, 'history_imports')).toEqual([]);
  });
});

describe('an upload', () => {
  it('that breaks off leaves nothing behind', async () => {
    const boundary = 'x';
    const token = await csrfToken(test.alice);
    const request = http.request(`${test.baseUrl}${PAGE}`, {
      method: 'POST',
      headers: { cookie: cookiesOf(test.alice), 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    });
    request.on('error', () => undefined);
    request.write(
      `--${boundary}\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.json"\r\n\r\n${HISTORY.slice(0, 500)}`,
    );
    await expect.poll(() => listListenerRows(test.db, test.aliceId, 'history_imports')).toHaveLength(1);
    // Meanwhile a second one has to wait.
    expect((await upload(test.alice, { 'b.json': HISTORY }, 'application/json')).status).toBe(409);
    request.destroy();
    await expect.poll(() => listListenerRows(test.db, test.aliceId, 'history_imports')).toEqual([]);
    expect(filesLeft()).toEqual([]);
  });

  it('for which the disk has no room says so, and leaves nothing behind', async ({ skip }) => {
    const small = path.join(mkdtempSync(path.join(tmpdir(), 'mtm-small-')), 'disk');
    skip(!mountSmallDisk(small, 1), 'a small disk cannot be mounted');
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = small;
    try {
      const answer = await upload(test.alice, { 'a.json': Buffer.alloc(3_000_000, ' ') }, 'application/json');
      expect([answer.status, answer.body]).toEqual([
        507,
        { error: expect.stringMatching(/disk is full/) as string },
      ]);
      expect(await listListenerRows(test.db, test.aliceId, 'history_imports')).toEqual([]);
      expect(filesLeft()).toEqual([]);
    } finally {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
      unmount(small);
    }
  });

  /** An upload or a reading whose process was killed so many seconds after it renewed its lease. */
  const killed = async (task: string, lease: string): Promise<string> => {
    const { importId } = await beginHistoryImport(test.db, test.aliceId);
    await test.db.execute(
      'UPDATE history_imports SET task = $2, leased_until = now() + $3::interval WHERE user_id = $1',
      [test.aliceId, task, lease],
    );
    return `${PAGE}/${importId}`;
  };

  it.each(['upload', 'read'])(
    'whose process was killed says so, and the next one starts over: %s',
    async (task) => {
      const at = await killed(task, '-1 second');
      for (const page of [PAGE, at])
        expect(wordsOf(await read(test.alice, page))).toMatch(/(stopped|cut off).*choose your files again/i);
      await uploaded(test.alice, { 'a.json': HISTORY });
      await test.alice.get(at).expect(404);
    },
  );

  it.each(['upload', 'read'])(
    'whose process was killed a moment ago can be cancelled, and the next one starts over: %s',
    async (task) => {
      const at = await killed(task, '20 seconds');
      expect((await upload(test.alice, { 'b.json': HISTORY }, 'application/json')).status).toBe(409);
      expect(await read(test.alice, at)).toContain(`action="${at}/cancel"`);
      expect((await submit(test.alice, `${at}/cancel`)).status).toBe(303);
      await uploaded(test.alice, { 'a.json': HISTORY });
    },
  );

  it('of a listener who is deleted meanwhile ends with them', async () => {
    await test.alice.get(PAGE);
    const carol = (
      await test.db.one<{ id: number }>(
        `INSERT INTO users (spotify_id) VALUES ('carol') RETURNING user_id AS id`,
      )
    ).id;
    const staged = await beginHistoryImport(test.db, carol);
    await test.db.execute(
      `UPDATE history_imports SET state = 'read', leased_until = NULL WHERE user_id = $1`,
      [carol],
    );
    const hold = await takeImport(test.db, staged, 'read', 'import');
    await test.db.execute('DELETE FROM users WHERE user_id = $1', [carol]);
    await expect.poll(() => hold.signal.aborted, { timeout: 5_000 }).toBe(true);
    await hold.release();
  });
});

describe('an import that is worked on', () => {
  it('is taken once, and shows from every process how far it is', async () => {
    const at = await uploaded(test.alice, { 'a.json': HISTORY });
    const staged = { userId: test.aliceId, importId: Number(at.split('/').at(-1)) };
    const hold = await takeImport(test.db, staged, 'read', 'import');
    expect((await submit(test.alice, `${at}/confirm`)).status).toBe(409);
    const page = await read(test.alice, at);
    expect(page).toContain(`data-progress="${at}/progress"`);
    expect(page).toMatch(/<noscript><meta http-equiv="refresh"/);
    const events = await fetch(`${test.baseUrl}${at}/progress`, {
      headers: { cookie: cookiesOf(test.alice) },
    });
    const told = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('event: progress')) text += (await told.read()).value ?? '';
    expect(text).toContain('under way');
    await hold.release('The disk is full.');
    for (let next = await told.read(); !next.done; next = await told.read()) text += next.value;
    expect(text).toMatch(/event: end\n/);
    expect(wordsOf(await read(test.alice, at))).toMatch(/The disk is full\..*Import/);
  });
});

it('the page of very many files stays short', async () => {
  const row = (n: number): string => JSON.stringify([extendedRow({ ms_played: n })]);
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}.json`, row(n)]));
  const page = await read(test.alice, await uploaded(test.alice, { 'many.zip': await zipOf(files) }));
  expect(wordsOf(page)).toMatch(/300 new plays.*200 more files/);
});
