import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeExtendedPackage, type PackageReceipt } from '../../scripts/invented/listening/package.ts';
import { inventPlays } from '../../scripts/invented/listening/plays.ts';
import { accountRow } from '../../scripts/invented/listening/spotify.ts';
import { readHistoryFiles } from '../../src/history-import/read/read-history.ts';
import { NOW, readOne, readPaths, type Read } from '../support/given-history.ts';

const SIZE = { seed: 20, rows: 20_000, files: 3 };
const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-receipt-'));
const file = path.join(directory, 'my_spotify_data.zip');
let receipt: PackageReceipt;
let read: Read;

beforeAll(async () => {
  receipt = await writeExtendedPackage(file, SIZE);
  read = await readPaths([file]);
});
afterAll(() => rmSync(directory, { recursive: true }));

const countOf = (fate: string): number => read.fates.filter((found) => found === fate).length;

describe('a package with a known number of each oddity', () => {
  it('is accounted for to the row', () => {
    const { again, play, ...others } = receipt.fates;
    expect(read.rows).toHaveLength(receipt.rows);
    expect(read.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(receipt.rows);
    expect(countOf('play')).toBe(play + again);
    for (const [fate, count] of Object.entries(others)) expect([fate, countOf(fate)]).toEqual([fate, count]);
    expect(Math.min(...Object.values(receipt.fates))).toBeGreaterThan(0);
  });

  it('has as many keys as it has plays that are not there twice', () => {
    expect(new Set(read.plays.map(({ key }) => key)).size).toBe(receipt.fates.play);
  });

  it('given twice has no key more', async () => {
    const twice = await readPaths([file, file]);
    expect(twice.rows).toHaveLength(2 * receipt.rows);
    expect(new Set(twice.plays.map(({ key }) => key)).size).toBe(receipt.fates.play);
  });

  it('names each row by its file and number', () => {
    const places = new Set(read.rows.map(({ where }) => `${where.file} ${where.row}`));
    expect(places.size).toBe(receipt.rows);
  });
});

it('the account data of the same plays says them to the minute', async () => {
  const plays = [...inventPlays(7, 500)];
  const account = await readOne(JSON.stringify(plays.map(accountRow)));
  expect(account.plays.map(({ endedAt, msPlayed, trackName }) => [endedAt, msPlayed, trackName])).toEqual(
    plays.map(({ end, msPlayed, track }) => [Math.floor(end / 60) * 60_000, msPlayed, track.name]),
  );
});

it('says how far it has come, from nothing to all', async () => {
  const reading = readHistoryFiles([{ path: file, name: 'a.zip' }], NOW);
  const seen = [reading.progress];
  for await (const _ of reading) seen.push(reading.progress);
  seen.push(reading.progress);
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(new Set(seen).size).toBeGreaterThan(20);
});
