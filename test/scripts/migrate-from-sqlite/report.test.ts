import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { describeSeconds, terminalProgress } from '../../../scripts/migrate-from-sqlite/progress.ts';
import { printReport, type MoveReport } from '../../../scripts/migrate-from-sqlite/report.ts';

const table = { read: 5400, moved: 5000, alreadyThere: 390, kept: 7, duplicates: 2, rejected: 1 };
const report: MoveReport = {
  mode: 'move',
  source: { name: 'old.db', layout: 'snapshots', bytes: 1 },
  backup: null,
  archive: { userId: 1, spotifyId: 'alice' },
  changed: true,
  tables: [
    { table: 'tracks', ...table },
    { table: 'snapshots', ...table, read: 5401, moved: 5001 },
  ],
  rejects: [
    { table: 'snapshots', column: null, reason: 'unknown time range', count: 1 },
    { table: 'tracks', column: 'raw_json', reason: 'not valid JSON', count: 1200 },
  ],
  newRejects: 3,
  conversions: {},
  missingColumns: [],
  unmoved: [],
  warnings: [],
  seconds: 12.34,
  rowsPerSecond: 71_800,
};

describe('the report on the terminal', () => {
  it('accounts for every row of every table, and for each reason', () => {
    expect(printReport(report).split('\n')).toEqual([
      expect.stringMatching(/^old\.db .*alice/),
      '',
      'table        read   moved  already there  kept newer  duplicates  rejected',
      'tracks      5,400   5,000            390           7           2         1',
      'snapshots   5,401   5,001            390           7           2         1',
      'all        10,801  10,001            780          14           4         2',
      '',
      expect.stringMatching(/import_rejects.*\b3\b/),
      '  1,200 × tracks.raw_json: not valid JSON',
      '  1 × snapshots (whole row): unknown time range',
      '',
      expect.stringMatching(/12\.3 s, 71,800 rows\/s/),
    ]);
  });

  it('gives a terminal nothing to obey, whatever the file’s names hold', () => {
    const evil = 'x\u001B[2J\u0007\n\u202Ey\u009B1m';
    const shown = printReport({
      ...report,
      source: { ...report.source, name: evil },
      rejects: [{ table: 'tracks', column: evil, reason: 'column unknown to the archive', count: 1 }],
      missingColumns: [evil],
      unmoved: [{ kind: 'table', name: evil, rows: 1 }],
    });
    expect(shown.split('\n').join('')).not.toMatch(/[\p{Cc}\u202E]/u);
    expect(shown.match(/x\\u\{1b\}\[2J/g)).toHaveLength(4);
  });
});

const watch = async (
  work: (progress: ReturnType<typeof terminalProgress>) => Promise<void>,
): Promise<string> => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
  await work(terminalProgress(stream));
  return String(stream.read() ?? '');
};

describe('the progress bar', () => {
  it('says how much is done, how fast, and how much time is left', async () => {
    const shown = await watch(async (progress) => {
      progress.start('reading tracks', 4000);
      await sleep(150);
      progress.advance(1000);
      await sleep(150);
      progress.advance(3001);
      progress.finish();
    });
    expect(shown).toMatch(/reading tracks .* 25% {2}1,000 of 4,000 {2}[\d,]+ rows\/s {2}\d+ s left/);
    expect(shown).toMatch(/100% {2}4,000 of 4,000 {2}[\d,]+ rows\/s {2}1 s/);
  });

  it('of a run that broke off stays where it was', async () => {
    const shown = await watch(async (progress) => {
      progress.start('reading tracks', 9000);
      await sleep(150);
      progress.advance(1000);
      progress.finish();
    });
    expect(shown).not.toContain('100%');
  });

  it('of nothing is not drawn', async () => {
    const shown = await watch(async (progress) => {
      progress.start('reading snapshots', 0);
      progress.finish();
    });
    expect(shown).not.toContain('%');
  });

  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [125, '2 min 5 s'],
    [3790, '1 h 3 min'],
  ])('reads %f seconds as %s', (seconds, words) => expect(describeSeconds(seconds)).toBe(words));
});
