import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { integerBetween, pick, randomFor } from '../../scripts/invented/random.ts';
import { drilled } from '../support/drill.ts';
import {
  extendedList,
  extendedRow,
  numberedRows,
  packed,
  readFiles,
  readOne,
  zipOf,
} from '../support/given-history.ts';
import { FORMAT_CASES } from '../support/history-formats.ts';

const ROWS = 300;
const PRETTY = JSON.stringify(numberedRows(ROWS), null, 2);
const COMPACT = JSON.stringify(numberedRows(ROWS));
const from0 = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
/** How many rows are whole before this place. */
const wholeBefore = (text: string, at: number): number => text.slice(0, at).split('}').length - 1;

describe('a JSON file that is cut off', () => {
  it.each([
    ['pretty', PRETTY],
    ['in one line', COMPACT],
  ])('anywhere (%s) keeps every row before the cut, and says so', async (_what, text) => {
    const random = randomFor('cuts', text.length);
    for (let n = 0; n < drilled(20, 60); n += 1) {
      const cut = integerBetween(random, 400, text.length - 3);
      const { plays, fates, files, rows } = await readOne(text.slice(0, cut));
      const whole = wholeBefore(text, cut);
      expect(plays.map(({ msPlayed }) => msPlayed)).toEqual(from0(whole));
      expect(fates.slice(whole).filter((fate) => fate !== 'unreadable')).toEqual([]);
      expect(files).toMatchObject([{ rows: rows.length, faults: [expect.stringContaining('ends')] }]);
    }
  });
});

describe('damage by hand', () => {
  const [a, b, c] = [0, 1, 2].map((n) => JSON.stringify(extendedRow({ ms_played: n })));
  it.each([
    ['a comma before the end', `[${a},${b},${c},]`, [0, 1, 2], 0],
    ['two commas', `[${a},,${b},${c}]`, [0, 1, 2], 0],
    ['no comma', `[${a}${b}\n${c}]`, [0, 1, 2], 0],
    ['stray letters between rows', `[${a},x ${b},\n#,${c}]`, [0, 1, 2], 0],
    ['stray letters in a row', `[${a},${b?.replace('"ts"', 'x"ts"')},${c}]`, [0, 2], 1],
    ['no quotation mark', `[${a},${b?.replace('"SE"', '"SE')},${c}]`, [0, 2], 1],
    ['no bracket at the end of a row', `[${a},${b?.slice(0, -1)},${c}]`, [0, 2], 1],
    ['no bracket at its beginning', `[${a},${b?.slice(1)},${c}]`, [0, 2], 1],
    ['a bracket too many', `[${a},${b}},${c}]`, [0, 1, 2], 0],
    ['an end of the list within', `[${a}],${b},${c}]`, [0, 1, 2], 0],
    ['two lists in one file', `[${a}]\n[${b},${c}]`, [0, 1, 2], -1],
    ['nothing but null', `[${a},null,${c}]`, [0, 2], 1],
    [
      'letters that are not UTF-8',
      Buffer.from(`[${a},${b?.replace('Harbour', 'H\u00e5rbour')},${c}]`, 'latin1'),
      [0, 2],
      1,
    ],
  ] as const)('%s costs the row it is in at most, and is named', async (_what, text, kept, lost) => {
    const { plays, fates, files } = await readOne(text);
    expect(plays.map(({ msPlayed }) => msPlayed)).toEqual(kept);
    expect(fates.length - kept.length).toBe(Math.max(0, lost));
    expect([files[0]?.format, files[0]?.rows]).toEqual(['spotify extended', fates.length]);
    expect(files[0]?.faults.join()).toMatch(lost === 0 ? /Row \d+, line \d+/ : /^/);
  });

  it('is said by its line', async () => {
    const text = PRETTY.replace('"ms_played": 7,', '"ms_played": 7');
    const { rows, files } = await readOne(text);
    const line = PRETTY.slice(0, PRETTY.lastIndexOf('{', PRETTY.indexOf('"ms_played": 7,'))).split(
      '\n',
    ).length;
    expect(rows[7]).toMatchObject({ kind: 'set aside', bucket: 'unreadable', where: { row: 8 } });
    expect(files[0]?.faults).toEqual([expect.stringContaining(`Row 8, line ${line}`)]);
  });
});

describe('bytes changed at random', () => {
  it('never throw, and cost no row before them', async () => {
    const random = randomFor('flips');
    for (let n = 0; n < drilled(40, 120); n += 1) {
      const text = pick(random, [PRETTY, COMPACT]);
      const bytes = Buffer.from(text);
      const at = integerBetween(random, 700, bytes.length - 1);
      bytes[at] = integerBetween(random, 0, 255);
      const { plays, rows, files } = await readOne(bytes);
      const whole = wholeBefore(text, at);
      expect(plays.slice(0, whole).map(({ msPlayed }) => msPlayed)).toEqual(from0(whole));
      expect(rows.length).toBeGreaterThanOrEqual(ROWS - 2);
      expect(files[0]?.rows).toBe(rows.length);
    }
  });

  it('in any format never throw', async () => {
    const random = randomFor('flips in any format');
    for (const { content } of FORMAT_CASES) {
      for (let n = 0; n < drilled(8, 25); n += 1) {
        const bytes = Buffer.from(content as string);
        for (let flips = integerBetween(random, 1, 4); flips > 0; flips -= 1)
          bytes[integerBetween(random, 0, bytes.length - 1)] = integerBetween(random, 0, 255);
        const { files, rows } = await readOne(bytes.subarray(0, integerBetween(random, 1, bytes.length)));
        expect(files.map((file) => file.rows)).toEqual([rows.length]);
      }
    }
  });

  it('in a ZIP never throw', async () => {
    const random = randomFor('flips in a ZIP');
    const zip = await zipOf({ 'a.json': PRETTY, 'b.json': COMPACT });
    for (let n = 0; n < drilled(20, 60); n += 1) {
      const bytes = Buffer.from(zip);
      bytes[integerBetween(random, 4, bytes.length - 1)] = integerBetween(random, 0, 255);
      const { files, rows } = await readOne(bytes, 'x.zip');
      expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(rows.length);
      const isQuiet = files.every(({ faults }) => faults.length === 0);
      expect(isQuiet && rows.length < 2 * ROWS).toBe(false);
    }
  });
});

describe('a ZIP that is cut off', () => {
  it('gives the rows of all that is there, and says so', async () => {
    const zip = await zipOf({ 'a.json': PRETTY, 'b/': '', 'b/c.json': COMPACT });
    const directory = zip.indexOf(Buffer.from('PK\u0001\u0002'));
    const whole = await readOne(zip.subarray(0, directory), 'cut.zip');
    expect(whole.plays.map(({ msPlayed }) => msPlayed)).toEqual([...from0(ROWS), ...from0(ROWS)]);
    expect(whole.files.at(-1)).toMatchObject({
      file: 'cut.zip',
      faults: [expect.stringContaining('incomplete')],
    });
    const second = zip.indexOf('b/c.json');
    for (const cut of [second + 2000, second - 2, 3000]) {
      const { plays, files } = await readOne(zip.subarray(0, cut), 'cut.zip');
      const first = Math.min(ROWS, plays.length);
      expect(plays.slice(0, first).map(({ msPlayed }) => msPlayed)).toEqual(from0(first));
      expect(plays.length).toBeGreaterThan(cut === 3000 ? 20 : ROWS - 1);
      expect(files.flatMap(({ faults }) => faults).join()).toMatch(/incomplete/);
    }
  });
});

it('a wrong file among right ones costs none of them', async () => {
  const { fates, files } = await readFiles({
    'a.json': extendedList({}),
    'photo.json': Buffer.from('ffd8ffe000104a46', 'hex'),
    'b.json': extendedList({}),
  });
  expect(fates).toEqual(['play', 'play']);
  expect(files.map(({ format }) => format)).toEqual(['spotify extended', null, 'spotify extended']);
});

it('a ZIP within a ZIP that is cut off is read once', async () => {
  const zip = new ZipFile();
  zip.addBuffer(await zipOf({ 'a.json': COMPACT }), 'inner.zip', { compress: false });
  zip.addBuffer(Buffer.from(COMPACT), 'b.json');
  zip.end();
  const bytes = await packed(zip);
  const { plays } = await readOne(bytes.subarray(0, bytes.length - 30), 'outer.zip');
  expect(plays).toHaveLength(2 * ROWS);
});
