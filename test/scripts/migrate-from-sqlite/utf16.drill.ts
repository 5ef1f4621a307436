import type { Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { moveFile } from '../../../scripts/migrate-from-sqlite/generic/move-file.ts';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useMoves } from '../../support/moves.ts';
import { SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);
const HALF = 'half a character of UTF-16';

/** Text of exactly these units: SQLite takes bytes that no program of ours would write. */
const hexOf = (units: readonly number[], order: string): string =>
  units
    .map((unit) => {
      const [high, low] = [unit >> 8, unit & 255].map((byte) => byte.toString(16).padStart(2, '0'));
      return order === 'UTF-16be' ? `${high}${low}` : `${low}${high}`;
    })
    .join('');
const units = (text: string): number[] => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

const ODD = {
  'high half, then text': [...units('Party '), 0xd83c, ...units(' time')],
  'low half, then text': [...units('Party '), 0xdf89, ...units(' time')],
  'high half, then an ellipsis': [...units('Party '), 0xd83c, 0x2026],
  'two high halves': [0xd83c, 0xd83c, ...units('x')],
  'high half at the end': [...units('Party '), 0xd83c],
};

describe.each(['UTF-16le', 'UTF-16be'])('half a character in a file of %s', (order) => {
  const schema = `PRAGMA encoding = '${order}'; ${SNAPSHOTS_SCHEMA}`;
  const text = (value: readonly number[]): string => `CAST(x'${hexOf(value, order)}' AS TEXT)`;

  it('a name is set aside exactly, wherever in it the half stands, and the row moves', async () => {
    const file = archive((db) => {
      for (const [id, odd] of Object.entries(ODD))
        db.exec(`INSERT INTO tracks (track_id, name, artist_name) VALUES ('${id}', ${text(odd)}, 'é 🎉')`);
    }, schema);
    expect(exitCodeOf(await move(file))).toBe(1);
    expect(await test.db.many('SELECT DISTINCT name, artist_name FROM tracks')).toEqual([
      { name: null, artist_name: 'é 🎉' },
    ]);
    const kept = (await listRejects()).map(({ source_key, original }) => [source_key, original]);
    expect(Object.fromEntries(kept)).toEqual(
      Object.fromEntries(
        Object.entries(ODD).map(([id, odd]) => [`track_id=${id}`, { type: 'text', hex: hexOf(odd, order) }]),
      ),
    );
    expect((await listRejects()).every(({ reason }) => reason === HALF)).toBe(true);
    expect((await move(file)).changed).toBe(false);
  });

  it('in JSON the payload is set aside exactly', async () => {
    const payload = [...units('{"name":"Party '), 0xd83c, ...units(' time"}')];
    await move(
      archive(
        (db) => db.exec(`INSERT INTO tracks (track_id, raw_json) VALUES ('t', ${text(payload)})`),
        schema,
      ),
    );
    expect(await track('t')).toMatchObject({ raw_json: null });
    expect(await listRejects()).toMatchObject([
      { source_column: 'raw_json', reason: HALF, original: { type: 'text', hex: hexOf(payload, order) } },
    ]);
  });

  it('in a key the whole row is set aside, and so is each of its places in a list', async () => {
    const key = [...units('id'), 0xdc00, ...units('x')];
    await move(
      archive((db) => {
        db.exec(`INSERT INTO tracks (track_id, name) VALUES (${text(key)}, 'n'), ('whole', 'w')`);
        db.exec(`INSERT INTO snapshots VALUES (${text(key)}, '2024-01-05', 'short_term', 1)`);
      }, schema),
    );
    expect(await test.db.many('SELECT track_id FROM tracks')).toEqual([{ track_id: 'whole' }]);
    const hex = hexOf(key, order);
    expect(await listRejects()).toMatchObject([
      { source_table: 'snapshots', source_column: null, original: { track_id: { type: 'text', hex } } },
      { source_table: 'tracks', source_column: null, original: { track_id: { type: 'text', hex } } },
    ]);
  });

  it('in any other file the value is set aside exactly, and verifies', async () => {
    const odd = ODD['high half, then text'];
    const fill = (db: Database): void => {
      db.exec(`INSERT INTO t VALUES (1, ${text(odd)}), (2, ${text(units('whole 🎉 \uFFFD'))})`);
    };
    const file = archive(
      fill,
      `PRAGMA encoding = '${order}'; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`,
    );
    const options = { db: test.patient, file, schema: 'wide', backup: false } as const;
    await moveFile(options);
    expect(await test.db.many('SELECT a FROM wide.t ORDER BY id')).toEqual([
      { a: null },
      { a: 'whole 🎉 \uFFFD' },
    ]);
    expect(await test.db.many('SELECT reason, original FROM wide.import_rejects')).toEqual([
      { reason: HALF, original: { type: 'text', hex: hexOf(odd, order) } },
    ]);
    expect((await moveFile({ ...options, mode: 'verify' })).changed).toBe(false);
    await test.db.execute('DROP SCHEMA wide CASCADE');
  });
});
