import { describe, expect, it } from 'vitest';
import { sharePool } from '../../src/database/connection-budget.ts';
import { ConfigError } from '../../src/errors.ts';

describe('a worker’s share of the connections', () => {
  it('is what was asked for where the database allows it', () => {
    expect(sharePool({ poolMax: 10, webConcurrency: 4, workerInWeb: false }, 97)).toBe(10);
  });

  it('is smaller where it does not, with some to spare for others', () => {
    expect(sharePool({ poolMax: 10, webConcurrency: 4, workerInWeb: false }, 30)).toBe(4);
  });

  it('leaves room for history imports, and for the captures where web processes make them', () => {
    expect(sharePool({ poolMax: 10, webConcurrency: 4, workerInWeb: true }, 49)).toBe(5);
  });

  it('of less than two is refused, in words', () => {
    expect(() => sharePool({ poolMax: 10, webConcurrency: 8, workerInWeb: false }, 15)).toThrow(ConfigError);
    expect(() => sharePool({ poolMax: 10, webConcurrency: 8, workerInWeb: false }, 15)).toThrow(
      /WEB_CONCURRENCY: .*15 connections/,
    );
  });
});
