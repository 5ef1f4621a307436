import { describe, expect, it } from 'vitest';
import { printReport, exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { retryRejects } from '../../../scripts/migrate-from-sqlite/rejects/retry-rejects.ts';
import { repairJson } from '../../../scripts/migrate-from-sqlite/read/repair-json.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, PLAYLISTS_SCHEMA, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);
const REPR = `{'id': 'x', 'name': "Don't", 'explicit': True, 'popularity': None, 'n': 1.10}`;
const NAN = '{"id": "x", "energy": NaN, "tempo": -Infinity}';
const REPAIRED = 'JSON that was repaired: what is certain was moved';

describe('what Python writes', () => {
  it.each([
    [REPR, '{"id":"x","name":"Don\'t","explicit":true,"popularity":null,"n":1.10}'],
    [NAN, '{"id":"x","energy":null,"tempo":null}'],
    [`{'a': nan, 'b': [inf, -inf, []], 'c': {}}`, '{"a":null,"b":[null,null,[]],"c":{}}'],
    [String.raw`{'a': 'é \' \\ \n \xe9 \u266b \U0001f389'}`, '{"a":"é \' \\\\ \\n é ♫ 🎉"}'],
    [`{'big': 12345678901234567890123, 'e': 1e-05}`, '{"big":12345678901234567890123,"e":1e-05}'],
    [`[{'energy': 0.5}]`, '[{"energy":0.5}]'],
    ["{u'a': u'b'}", '{"a":"b"}'],
  ])('%s is certain', (text, json) => {
    expect(repairJson(text)).toBe(json);
  });

  it.each([
    '{"a": 1}',
    `{"a": "it's: 'fine', None"}`,
    "{'a': (1, 2)}",
    "{'a': {1, 2}}",
    "{'a': Decimal('1.2')}",
    "{'a': np.float64(0.5)}",
    "{'a': datetime.datetime(2024, 1, 5)}",
    "{'a': b'bytes'}",
    "{1: 'a'}",
    "{'a': 'cut of",
    "{'a': 1,}",
    "{'a': 1} {'b': 2}",
    String.raw`{'a': '\N{BULLET}'}`,
    'None',
    'nan',
    "{'a': 01}",
    '['.repeat(5_000) + "'x'",
  ])('%s is not', (text) => {
    expect(repairJson(text)).toBeNull();
  });
});

describe('--repair-json', () => {
  const file = (): string =>
    archive((db) => {
      insert(db, 'tracks', { track_id: 'repr', raw_json: REPR }, { track_id: 'nan', raw_json: NAN });
      insert(
        db,
        'tracks',
        { track_id: 'bytes', raw_json: Buffer.from(NAN) },
        { track_id: 'odd', raw_json: "{'a': (1,)}" },
      );
    });

  it('takes over what is certain, counts it and keeps the original; again it changes nothing', async () => {
    const source = file();
    const report = await move(source, { repairJson: true });
    expect(exitCodeOf(report)).toBe(1);
    expect(report.conversions).toMatchObject({ 'JSON repaired; the original is in import_rejects': 3 });
    expect((await track('repr')).raw_text).toBe(
      '{"n": 1.10, "id": "x", "name": "Don\'t", "explicit": true, "popularity": null}',
    );
    expect(await track('nan')).toMatchObject({ raw_json: { id: 'x', energy: null, tempo: null } });
    expect(await track('bytes')).toMatchObject({ raw_json: { id: 'x' } });
    expect(await track('odd')).toMatchObject({ raw_json: null });
    const kept = (await listRejects()).map(({ source_key, reason, original }) => [
      source_key,
      reason,
      original,
    ]);
    expect(kept).toContainEqual(['track_id=repr', REPAIRED, { type: 'text', text: REPR }]);
    expect(kept).toContainEqual(['track_id=odd', 'not valid JSON', { type: 'text', text: "{'a': (1,)}" }]);
    expect((await move(source, { repairJson: true })).changed).toBe(false);
  });

  it('is offered where it would help', async () => {
    const report = await move(file());
    expect(report.conversions).toEqual({ 'JSON in a BLOB to JSON': 1 });
    expect(report.warnings).toEqual([expect.stringMatching(/\b3 JSON values\b.*--repair-json/)]);
    expect(printReport(report)).toContain('--repair-json');
  });

  it('with --retry-rejects moves what an earlier move left out, and ends those rejects', async () => {
    const source = file();
    await move(source);
    const done = await retryRejects({
      db: test.patient,
      file: source,
      owner: 'alice',
      backup: false,
      repairJson: true,
    });
    expect(done).toMatchObject({ retried: 4, mended: 3, left: 4 });
    expect(await track('repr')).toMatchObject({ raw_json: { name: "Don't" } });
    expect(
      (await listRejects()).map(({ source_key, reason }) => `${source_key}: ${reason}`).toSorted(),
    ).toEqual([
      `track_id=bytes: ${REPAIRED}`,
      `track_id=nan: ${REPAIRED}`,
      'track_id=odd: not valid JSON',
      `track_id=repr: ${REPAIRED}`,
    ]);
  });
});

describe('audio features', () => {
  const features = async (): Promise<Record<string, string | null>> => {
    const rows = await test.db.many<{ track_id: string; f: string | null }>(
      'SELECT track_id, audio_features::text AS f FROM tracks',
    );
    return Object.fromEntries(rows.map(({ track_id, f }) => [track_id, f]));
  };
  const at = '2024-03-15 14:30:22';
  const withFeatures = (all: Readonly<Record<string, string>>): string =>
    archive((db) => {
      for (const [id, audio_features] of Object.entries(all))
        insert(db, 'tracks', { spotify_id: id, name: id, audio_features, created_at: at });
    }, PLAYLISTS_SCHEMA);

  it('as text or as the one item of a list are understood and counted among the conversions', async () => {
    const source = withFeatures({
      text: '{"energy": "0.90", "key": "1", "type": "audio_features", "id": "12", "valence": "high"}',
      list: '[{"energy": 0.6}]',
      both: '[{"energy": "0.6"}]',
      plain: '{"energy": 0.85}',
    });
    const report = await move(source);
    expect([exitCodeOf(report), report.conversions]).toEqual([
      0,
      { 'audio features in a list of one to an object': 2, 'audio features from text to numbers': 2 },
    ]);
    expect(await features()).toEqual({
      text: '{"id": "12", "key": 1, "type": "audio_features", "energy": 0.90, "valence": "high"}',
      list: '{"energy": 0.6}',
      both: '{"energy": 0.6}',
      plain: '{"energy": 0.85}',
    });
    expect((await move(source)).changed).toBe(false);
  });

  it('of several or of none in a list are set aside', async () => {
    const report = await move(
      withFeatures({ two: '[{"energy": 1}, {"energy": 0}]', none: '[null]', empty: '[]' }),
    );
    expect(report.rejects).toMatchObject([
      { column: 'audio_features', reason: 'JSON, but not an object', count: 3 },
    ]);
  });
});
