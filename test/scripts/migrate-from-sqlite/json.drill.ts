import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);

const payload = (raw_json: unknown): string =>
  archive((db) => insert(db, 'tracks', { track_id: 't', name: 'kept', raw_json }));

describe('JSON', () => {
  it.each([
    ['big numbers are kept digit for digit', '{"n": 12345678901234567890.12345678901234567890, "m": 1.10}'],
    ['escaped backslashes before u0000 are no NUL', String.raw`{"a": "\\u0000"}`],
    ['tabs, line ends and backslashes', '{"a":\t"x\\ty\\\\z",\r\n"b": "\\\\N"}'],
    ['1,000 levels deep', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`],
    ['keys in another order than jsonb keeps them', '{"z": 1, "b": {"y": 2, "aa": 3}, "a": 4}'],
    [
      'a key that comes again in another object',
      '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}], "c": "\\"a\\": "}',
    ],
    ['text beyond the basic plane', '{"a": "𝄞 \\ud834\\udd1e é é"}'],
  ])('%s', async (_, text) => {
    const report = await move(payload(text));
    expect(exitCodeOf(report)).toBe(0);
    const stored = await test.db.one<{ same: boolean }>('SELECT raw_json = $1::jsonb AS same FROM tracks', [
      text,
    ]);
    expect(stored.same).toBe(true);
  });

  it('numbers keep every digit and their trailing zeros', async () => {
    await move(payload('{"m": 1.10, "n": 12345678901234567890.12345678901234567890}'));
    expect((await track('t')).raw_text).toBe('{"m": 1.10, "n": 12345678901234567890.12345678901234567890}');
  });

  it('-0 is the number 0: jsonb knows no other, and they are equal', async () => {
    expect(exitCodeOf(await move(payload('{"n": -0, "m": -0.0}')))).toBe(0);
    expect((await track('t')).raw_text).toBe('{"m": 0.0, "n": 0}');
  });

  it.each([
    ['side by side', '{"a": 1, "b": 2, "a": 3}', '{"a": 3, "b": 2}'],
    ['deep inside', '{"l": [{"x": {"a": 1.10, "a": 1.20}}]}', '{"l": [{"x": {"a": 1.20}}]}'],
    ['spelled differently', String.raw`{"a": 1, "\u0061": 2}`, '{"a": 2}'],
    [
      'with quotes and backslashes',
      String.raw`{"\\": 1, "x\"": 2, "\\": 3}`,
      String.raw`{"\\": 3, "x\"": 2}`,
    ],
    ['in a JSON string', JSON.stringify('{"a": 1, "a": 2}'), '{"a": 2}'],
  ])('duplicate keys %s: the last one moves, the whole text is kept besides', async (_, text, expected) => {
    const file = payload(text);
    const report = await move(file);
    expect((await track('t')).raw_text).toBe(expected);
    expect(await listRejects()).toEqual([
      {
        source_table: 'tracks',
        source_key: 'track_id=t',
        source_column: 'raw_json',
        reason: 'JSON with duplicate keys: the last of each was moved',
        original: { type: 'text', text },
      },
    ]);
    expect(report.tables[0]).toMatchObject({ moved: 1, rejected: 0 });
    expect(exitCodeOf(report)).toBe(1);
    expect(await move(file)).toMatchObject({ changed: false, newRejects: 0 });
  });

  it('a number of 400 digits is kept', async () => {
    expect(exitCodeOf(await move(payload('{"n": 1e400}')))).toBe(0);
    expect((await track('t')).raw_text).toBe(`{"n": 1${'0'.repeat(400)}}`);
  });

  it('an object written as a JSON string is moved as the object and counted', async () => {
    const report = await move(payload(JSON.stringify('{"n": 1.10}')));
    expect((await track('t')).raw_text).toBe('{"n": 1.10}');
    expect(report.conversions).toEqual({ 'JSON written as a JSON string to an object': 1 });
    expect(exitCodeOf(report)).toBe(0);
  });

  it('an object in a BLOB of text is moved and counted', async () => {
    const report = await move(payload(Buffer.from('{"a": 1}')));
    expect((await track('t')).raw_text).toBe('{"a": 1}');
    expect(report.conversions).toEqual({ 'JSON in a BLOB to JSON': 1 });
  });

  it('SQLite’s binary JSON is moved as what SQLite reads from it, and counted', async () => {
    const file = archive((db) =>
      db.exec(`INSERT INTO tracks (track_id, raw_json) VALUES ('t', jsonb('{"n": 1.10, "a": ["é", null]}'))`),
    );
    const report = await move(file);
    expect((await track('t')).raw_text).toBe('{"a": ["é", null], "n": 1.10}');
    expect(report.conversions).toEqual({ 'SQLite’s binary JSON to JSON': 1 });
    expect(exitCodeOf(report)).toBe(0);
  });

  it('binary JSON that is no object, or stands where text belongs, keeps its bytes', async () => {
    const file = archive((db) =>
      db.exec(`INSERT INTO tracks (track_id, name, raw_json) VALUES ('t', jsonb('{"a":1}'), jsonb('[1]'))`),
    );
    await move(file);
    expect((await listRejects()).map(({ reason, original }) => [reason, original])).toEqual([
      ['a BLOB where text belongs', { type: 'blob', hex: '4c17611331' }],
      ['JSON, but not an object', { type: 'blob', hex: '2b1331' }],
    ]);
  });

  it.each([
    ['broken', '{"a": ', 'not valid JSON'],
    ['empty text', '', 'not valid JSON'],
    ['NaN', '{"a": NaN}', 'not valid JSON'],
    ['Infinity', '{"a": -Infinity}', 'not valid JSON'],
    ['trailing garbage', '{"a": 1} x', 'not valid JSON'],
    ['single quotes', "{'a': 1}", 'not valid JSON'],
    ['broken, with a key twice', '{"a": 1, "a": ', 'not valid JSON'],
    ['a byte order mark', '\uFEFF{"a": 1}', 'not valid JSON'],
    ['an array', '[1]', 'JSON, but not an object'],
    ['a scalar', '3', 'JSON, but not an object'],
    ['null', 'null', 'JSON, but not an object'],
    ['a string holding no JSON', '"abc"', 'JSON, but not an object'],
    ['a string holding an array', '"[1]"', 'JSON, but not an object'],
    ['an escaped NUL', String.raw`{"a": "\u0000"}`, 'a NUL character in JSON'],
    ['a lone surrogate', String.raw`{"a": "\ud800"}`, 'half a character in JSON'],
    ['1e200000', '{"a": 1e200000}', 'a number in JSON that is too large'],
    ['100,000 levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'JSON nested too deep'],
  ])('%s is set aside exactly, the row moves', async (_, text, reason) => {
    const report = await move(payload(text));
    expect(await track('t')).toMatchObject({ name: 'kept', raw_json: null });
    expect(await listRejects()).toEqual([
      {
        source_table: 'tracks',
        source_key: 'track_id=t',
        source_column: 'raw_json',
        reason,
        original: { type: 'text', text },
      },
    ]);
    expect(report.tables[0]).toMatchObject({ read: 1, moved: 1, rejected: 0 });
    expect(exitCodeOf(report)).toBe(1);
  });

  it('a raw NUL, bytes that are no text and a BLOB keep their bytes', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: 'nul', raw_json: '{"a":"\0"}' });
      db.prepare(
        `INSERT INTO tracks (track_id, raw_json) VALUES ('bytes', CAST(x'7b22ff227d' AS TEXT))`,
      ).run();
      insert(db, 'tracks', { track_id: 'blob', raw_json: Buffer.from([0, 1, 254]) });
    });
    await move(file);
    expect(
      (await listRejects()).map(({ source_key, reason, original }) => [source_key, reason, original]),
    ).toEqual([
      ['track_id=blob', 'a BLOB where text belongs', { type: 'blob', hex: '0001fe' }],
      ['track_id=bytes', 'not valid UTF-8', { type: 'text', hex: '7b22ff227d' }],
      ['track_id=nul', 'holds a NUL character', { type: 'text', hex: '7b2261223a2200227d' }],
    ]);
  });
});

describe('what a payload tells', () => {
  const artists = [{ id: 'a1', name: 'One' }, { id: 'a2', name: 'Two' }, { name: 'no id' }];
  const payloadOf = (rest: object): string =>
    JSON.stringify({
      popularity: 61,
      artists,
      external_urls: { spotify: 'https://open.spotify.com/track/t' },
      album: { release_date: '1981-12', release_date_precision: 'month' },
      ...rest,
    });

  it('fills date, popularity, address and artists where the columns say nothing', async () => {
    await move(archive((db) => insert(db, 'tracks', { track_id: 't', raw_json: payloadOf({}) })));
    expect(await track('t')).toMatchObject({
      release_date: '1981-12-01',
      release_date_precision: 'month',
      popularity: 61,
      spotify_url: 'https://open.spotify.com/track/t',
    });
    const links = await test.db.many(
      `SELECT artist_id, name, position FROM track_artists JOIN artists USING (artist_id) ORDER BY position`,
    );
    expect(links).toEqual([
      { artist_id: 'a1', name: 'One', position: 1 },
      { artist_id: 'a2', name: 'Two', position: 2 },
    ]);
  });

  it('gives way to the column', async () => {
    await move(
      archive((db) => insert(db, 'tracks', { track_id: 't', spotify_url: 'mine', raw_json: payloadOf({}) })),
    );
    expect((await track('t')).spotify_url).toBe('mine');
  });

  it.each(['2024-02-30', '0000', '2024-13', 'now', '', 20_240_101])(
    'a release date of %j stays in the payload alone',
    async (release_date) => {
      const report = await move(
        archive((db) =>
          insert(db, 'tracks', { track_id: 't', raw_json: payloadOf({ album: { release_date } }) }),
        ),
      );
      expect(await track('t')).toMatchObject({ release_date: null, release_date_precision: null });
      expect(exitCodeOf(report)).toBe(0);
    },
  );

  it.each([101, -1, 1.5, '50', null])('a popularity of %j stays in the payload alone', async (popularity) => {
    await move(archive((db) => insert(db, 'tracks', { track_id: 't', raw_json: payloadOf({ popularity }) })));
    expect((await track('t')).popularity).toBeNull();
  });

  it('artists that are no list are left in the payload', async () => {
    const report = await move(
      archive((db) => insert(db, 'tracks', { track_id: 't', raw_json: payloadOf({ artists: 'nobody' }) })),
    );
    expect(exitCodeOf(report)).toBe(0);
  });
});
