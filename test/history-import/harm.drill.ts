import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { extendedRow, numberedRows, packed, readOne, zipOf } from '../support/given-history.ts';

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
    expect(files[0]?.faults).toEqual([
      expect.stringContaining('far larger than any history'),
      expect.anything(),
    ]);
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

  it.each([
    ['10,000 files of a play each are all read', 10_000, []],
    ['what a ZIP holds beyond 10,000 files is not read, which is said', 10_050, [/more than 10000 files/]],
  ])('%s', async (_what, count, faults) => {
    const zip = new ZipFile();
    for (const [n, row] of numberedRows(count).entries())
      zip.addBuffer(Buffer.from(JSON.stringify([row])), `${n}.json`, { compress: false });
    zip.end();
    const { plays, files } = await readOne(await packed(zip), 'many.zip');
    expect(plays).toHaveLength(10_000);
    expect(files.flatMap((file) => file.faults)).toEqual(
      faults.map((fault) => expect.stringMatching(fault) as string),
    );
  });

  it('a row of 10 MB costs itself alone', async () => {
    const long = extendedRow({ master_metadata_track_name: 'x'.repeat(10 * 1024 * 1024) });
    const [first, last] = numberedRows(2);
    const { fates, plays } = await readOne(JSON.stringify([first, long, last]));
    expect(fates).toEqual(['play', 'unreadable', 'play']);
    expect(plays.map(({ msPlayed }) => msPlayed)).toEqual([0, 1]);
    expect((await readOne(JSON.stringify([first, long]))).fates).toEqual(['play', 'unreadable']);
  });

  const GOOD = JSON.stringify(extendedRow());
  it.each([
    ['brackets without end', '['.repeat(1_000_000)],
    ['rows within rows', '{"ts":'.repeat(200_000)],
    ['objects within objects', '{"a":'.repeat(400_000)],
    ['quotation marks', `{"ts":"${'","ts":"'.repeat(300_000)}`],
    ['rows that end within marks', '{"ts":"}'.repeat(100_000)],
    ['rows of which every other begins within marks', '{"ts":"{"ts":""}'.repeat(50_000)],
    ['stray letters before every row', 'x{"ts":1}'.repeat(100_000)],
    ['depth in a row', `{"ts":${'[1,'.repeat(200_000)}`],
    ['one value without end', '1'.repeat(2_000_000)],
  ])('%s end soon behind a row that is good', async (_what, text) => {
    const before = process.cpuUsage();
    const { files, rows } = await readOne(`[${GOOD},${text}`);
    expect(process.cpuUsage(before).user).toBeLessThan(6_000_000);
    expect(files[0]?.rows).toBe(rows.length);
    expect(rows[0]?.kind).toBe('play');
  });

  it('one line without end is no table, and ends soon', async () => {
    const { files, plays } = await readOne(`uts,artist,track\n1767820260,a,b\n${'a,'.repeat(4_000_000)}`);
    expect([plays.length, files[0]?.rows]).toEqual([1, 2]);
  });
});
