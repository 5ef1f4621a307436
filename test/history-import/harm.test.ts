import { describe, expect, it } from 'vitest';
import { extendedRow, numberedRows, readOne, zipOf } from '../support/given-history.ts';

const ROWS = 300;
const LIST = JSON.stringify(numberedRows(ROWS));

describe('a file made to harm', () => {
  it('a bomb is left where it swells, and costs no other file and little memory', async () => {
    const bomb = await zipOf({
      'a.json': Buffer.concat([Buffer.from('['), Buffer.alloc(200 * 1024 * 1024, ' ')]),
      'b.json': LIST,
    });
    const before = process.memoryUsage.rss();
    const { plays, files } = await readOne(bomb, 'bomb.zip');
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
    expect(plays).toHaveLength(ROWS);
    expect(files[0]?.faults).toEqual([expect.stringContaining('swells'), expect.anything()]);
  });

  it('a password is named, and costs no other file', async () => {
    const zip = await zipOf({ 'a.json': LIST, 'b.json': LIST });
    const local = zip.readUInt16LE(6) | 1;
    zip.writeUInt16LE(local, 6);
    zip.writeUInt16LE(local, zip.indexOf(Buffer.from('PK\u0001\u0002')) + 8);
    const { plays, files } = await readOne(zip, 'locked.zip');
    expect(plays).toHaveLength(ROWS);
    expect(files[0]?.faults).toEqual([expect.stringContaining('password')]);
  });

  it('10,000 files more are counted, not read', async () => {
    const files = Object.fromEntries(Array.from({ length: 10_050 }, (_, n) => [`${n}.json`, '[]']));
    const { files: reports } = await readOne(await zipOf(files), 'many.zip');
    expect(reports.at(-1)?.faults).toEqual([expect.stringContaining('more than 10000 files')]);
    expect(reports).toHaveLength(10_001);
  });

  it('a row of 10 MB costs itself alone', async () => {
    const long = extendedRow({ master_metadata_track_name: 'x'.repeat(10 * 1024 * 1024) });
    const [first, last] = numberedRows(2);
    const { fates, plays } = await readOne(JSON.stringify([first, long, last]));
    expect(fates).toEqual(['play', 'unreadable', 'play']);
    expect(plays.map(({ msPlayed }) => msPlayed)).toEqual([0, 1]);
    expect((await readOne(JSON.stringify([first, long]))).fates).toEqual(['play', 'unreadable']);
  });

  it.each([
    ['brackets without end', '['.repeat(2_000_000)],
    ['rows without end', '{"ts":'.repeat(700_000)],
    ['quotation marks', `[{"ts":"${'","ts":"'.repeat(600_000)}`],
    ['rows that never close, in marks', `[${'{"ts":"x},'.repeat(400_000)}`],
    ['depth in a row', `[${JSON.stringify(extendedRow())},{"ts":${'[1,'.repeat(200_000)}`],
    ['one line of a table', 'a,'.repeat(2_000_000)],
  ])('%s end soon', async (_what, text) => {
    const began = performance.now();
    const { files, rows } = await readOne(text);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(files[0]?.rows).toBe(rows.length);
  });
});
