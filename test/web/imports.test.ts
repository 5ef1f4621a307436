import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/csv.ts';
import { cookiesOf, nobody, useCast, type Visitor } from '../support/app.ts';
import { insertImport, insertReject } from '../support/factories.ts';
import { readCsv } from '../support/csv.ts';

const test = useCast();
let importId: number;

const HOSTILE = '"><script>alert(1)</script>.db';
const row = (table: string) => ({
  table,
  read: 5400,
  moved: 5000,
  alreadyThere: 390,
  kept: 7,
  duplicates: 2,
  rejected: 1,
});
const report = {
  mode: 'move',
  tables: [row('tracks'), row('snapshots')],
  seconds: 75.2,
  rowsPerSecond: 71_800,
};

const insertHers = async (
  name: string,
  rejects: Parameters<typeof insertReject>[3][] = [],
): Promise<number> => {
  const id = await insertImport(test.db, test.aliceId, name, report);
  for (const reject of rejects) await insertReject(test.db, test.aliceId, id, reject);
  return id;
};

describe('the list of imports', () => {
  it('of a listener who moved nothing says how to, and the settings lead there', async () => {
    expect((await test.bob.get('/settings').expect(200)).text).toContain('href="/settings/imports"');
    expect((await test.bob.get('/settings/imports').expect(200)).text).toContain('No file has been moved');
  });

  it('shows each import: its file without the path, when, how long, and where its rows went', async () => {
    importId = await insertHers('/home/alice/secret/music.db', [{ key: 'k', text: 'x' }]);
    await test.db.execute(`UPDATE imports SET finished_at = '2026-11-20T23:30:00Z' WHERE import_id = $1`, [
      importId,
    ]);
    await test.db.execute(`UPDATE users SET timezone = 'Asia/Tokyo' WHERE user_id = $1`, [test.aliceId]);
    const page = await test.alice.get('/settings/imports').expect(200);
    expect(page.text).not.toContain('secret');
    for (const text of [
      'music.db',
      '21 November 2026 at 08:30',
      '1 minute 15 seconds',
      '71,800 rows per second',
    ])
      expect(page.text).toContain(text);
    const cells = [...page.text.matchAll(/<td data-label="[^"]+">([^<]+)</g)].map((cell) => cell[1]);
    expect(cells.slice(0, 6)).toEqual(['5,400', '5,000', '390', '7', '2', '1']);
    expect(page.text).toContain('Not moved: 1 value or row');
    expect((await test.bob.get('/settings/imports').expect(200)).text).not.toContain('music.db');
  });
});

describe('an import', () => {
  it('is the same 404 when it is another’s and when it never was, its downloads too', async () => {
    const texts = new Set<string>();
    for (const id of [String(importId), '999999', 'x']) {
      for (const rest of ['', '/rejects.csv', '/rejects.jsonl']) {
        const answer = await test.bob
          .get(`/settings/imports/${id}${rest}`)
          .set('X-Request-Id', 'same')
          .expect(404);
        expect(answer.headers['content-disposition']).toBeUndefined();
        texts.add(answer.text.replaceAll(/value="[^"]*"/g, ''));
      }
    }
    expect(texts.size).toBe(1);
    await nobody(test).get(`/settings/imports/${importId}/rejects.csv`).expect(302);
  });

  it('that lost nothing says so, and one without a report says that', async () => {
    const whole = await test.alice.get(`/settings/imports/${await insertHers('whole.db')}`).expect(200);
    expect(whole.text).toContain('Everything in this file is in your archive');
    expect(whole.text).not.toContain('rejects.csv');
    const bare = await insertImport(test.db, test.aliceId, 'bare.db');
    expect((await test.alice.get(`/settings/imports/${bare}`).expect(200)).text).toContain(
      'no report of its rows',
    );
  });

  it('shows its rejects with reasons and counts, and nothing of them is markup', async () => {
    const id = await insertHers(HOSTILE, [
      { key: `track_id=${HOSTILE}`, text: HOSTILE, reason: 'not a whole number' },
      { key: 'b', text: '1.5', reason: 'not a whole number' },
      {
        key: 'c',
        text: '',
        table: HOSTILE,
        column: null,
        original: { [HOSTILE]: { type: 'text', text: HOSTILE } },
      },
    ]);
    const page = (await test.alice.get(`/settings/imports/${id}`).expect(200)).text;
    expect(page).not.toContain('<script>alert');
    expect(page).toMatch(/not a whole number<\/th><td[^>]*>tracks\.duration_ms<\/td><td>2</);
    expect(page).toContain('whole row');
    expect(page).toContain('1 to 3 of 3');
  });

  it('pages through many rejects; a page that is no number is a 400, one past the end a 404', async () => {
    const id = await insertHers('many.db');
    await test.db.execute(
      `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
       SELECT $1, $2, 't', 'key-' || n, 'c', 'r', '{"type": "text", "text": "o"}' FROM generate_series(1, 120) AS n`,
      [test.aliceId, id],
    );
    const address = `/settings/imports/${id}`;
    const keys = async (page: string) =>
      [...(await test.alice.get(address + page).expect(200)).text.matchAll(/>key-(\d+)</g)].map((key) =>
        Number(key[1]),
      );
    expect([(await keys('')).at(0), (await keys('')).at(-1)]).toEqual([1, 50]);
    expect([(await keys('?page=3')).at(0), (await keys('?page=3')).at(-1)]).toEqual([101, 120]);
    expect((await test.alice.get(`${address}?page=2`)).text).toMatch(
      /page=1#list">First.*page=3#list">Last/s,
    );
    for (const page of ['0', '-1', 'x', '1.5', '', '1&page=2', '9'.repeat(30)]) {
      const answer = await test.alice.get(`${address}?page=${page}`).expect(400);
      expect(answer.text).toContain('page');
    }
    await test.alice.get(`${address}?page=4`).expect(404);
  });
});

describe('a download of rejects', () => {
  const texts = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    'a,b',
    'say "hi"',
    'two\nlines',
    'plain',
    '字👩‍👩‍👧',
  ];

  it('as CSV is whole, quoted, and no field of it is a formula', async () => {
    const id = await insertHers('formulas.db', [
      ...texts.map((text, n) => ({ key: `=k${n}`, text, reason: '@reason', table: '-t', column: '+c' })),
      { key: 'bytes', text: '', original: { type: 'blob', hex: '00ff' } },
      { key: 'row', text: '', column: null, original: { a: { type: 'null', text: null } } },
    ]);
    const answer = await test.alice.get(`/settings/imports/${id}/rejects.csv`).expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename=rejects-of-import-${id}.csv`);
    expect(answer.headers['cache-control']).toBe('no-store');
    const records = readCsv(answer.text);
    expect(records[0]).toEqual(['source_table', 'source_key', 'source_column', 'reason', 'type', 'original']);
    expect(records.slice(1, -2)).toEqual(
      texts.map((text, n) => [
        "'-t",
        `'=k${n}`,
        "'+c",
        "'@reason",
        'text',
        /^[=+\-@\t\r]/.test(text) ? `'${text}` : text,
      ]),
    );
    expect(records.slice(-2)).toEqual([
      ['tracks', 'bytes', 'duration_ms', 'no number', 'blob', "x'00ff'"],
      ['tracks', 'row', '', 'no number', 'row', '{"a":{"text":null,"type":"null"}}'],
    ]);
    for (const field of records.flat()) expect(field).not.toMatch(/^[=+\-@\t\r]/);
  });

  it('as JSON lines is exact', async () => {
    const id = await insertHers(
      'exact.db',
      texts.map((text, n) => ({ key: `e${n}`, text })),
    );
    const answer = await download(test.alice, `/settings/imports/${id}/rejects.jsonl`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename=rejects-of-import-${id}.jsonl`,
    );
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual(
      texts.map((text, n) => ({
        source_table: 'tracks',
        source_key: `e${n}`,
        source_column: 'duration_ms',
        reason: 'no number',
        original: { type: 'text', text },
      })),
    );
  });

  it('of nothing is a heading, or nothing', async () => {
    const id = await insertHers('nothing.db');
    const records = readCsv((await test.alice.get(`/settings/imports/${id}/rejects.csv`).expect(200)).text);
    expect(records.map(([first]) => first)).toEqual(['source_table']);
    const jsonl = await download(test.alice, `/settings/imports/${id}/rejects.jsonl`);
    expect(await jsonl.text()).toBe('');
  });

  it('that is broken off holds no connection and does no harm', async () => {
    const id = await insertHers('long.db');
    await test.db.execute(
      `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
       SELECT $1, $2, 'long', n::text, 'c', 'r', jsonb_build_object('type', 'text', 'text', repeat(md5(n::text), 100))
       FROM generate_series(1, 5000) AS n`,
      [test.aliceId, id],
    );
    const headers = { cookie: cookiesOf(test.alice) };
    for (let time = 0; time < 12; time += 1) {
      await new Promise<void>((resolve) => {
        http.get(`${test.baseUrl}/settings/imports/${id}/rejects.jsonl`, { headers }, (answer) => {
          answer.once('data', () => {
            answer.destroy();
            resolve();
          });
        });
      });
    }
    await test.alice.get('/settings').expect(200);
    const whole = await download(test.alice, `/settings/imports/${id}/rejects.jsonl`);
    expect((await whole.text()).match(/\n/g)).toHaveLength(5000);
  });
});

it('a line of CSV quotes what it must', () => {
  expect(csvLine(['a', '', 'b"c', 'd,e', 'f\r\ng', '=h'])).toBe('a,,"b""c","d,e","f\r\ng",\'=h\r\n');
  expect(csvLine(['a;=1+1', '＝1+1', '＋1', '－1', '＠x', 'a＝b'])).toBe(
    `"a;=1+1",'＝1+1,'＋1,'－1,'＠x,a＝b\r\n`,
  );
});

/** As a browser that is signed in downloads it. */
const download = (visitor: Visitor, address: string): Promise<Response> =>
  fetch(test.baseUrl + address, { headers: { cookie: cookiesOf(visitor) } });
