import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabasePatience } from '../../src/database/patience.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Asks one thing after the other, each answered after so many milliseconds; says how long each might have taken. */
async function ask(patience: DatabasePatience, ...answersMs: readonly number[]): Promise<(number | null)[]> {
  const left: (number | null)[] = [];
  for (const ms of answersMs) {
    await patience.wait(async (leftMs) => {
      left.push(leftMs);
      await vi.advanceTimersByTimeAsync(ms);
    });
  }
  return left;
}

describe('the patience of a request', () => {
  it('is one for all it asks, one after the other', async () => {
    const patience = new DatabasePatience(() => false, 100);
    expect(await ask(patience, 30, 60)).toEqual([100, 70]);
    patience.spend(20);
    await expect(ask(patience, 1)).rejects.toThrow('timeout');
  });

  it('is used once by what it asks at once, and not by what it does besides', async () => {
    const patience = new DatabasePatience(() => false, 100);
    const sleep = (ms: number) => patience.wait(() => new Promise<void>((done) => setTimeout(done, ms)));
    const both = Promise.all([sleep(40), sleep(60)]);
    await vi.advanceTimersByTimeAsync(60);
    await both;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(patience.leftMs).toBe(40);
  });

  it('begins again with each answer where the work is long', async () => {
    const patience = new DatabasePatience(() => true, 100);
    expect(await ask(patience, 90, 90, 90)).toEqual([100, 100, 100]);
    expect(patience.leftMs).toBe(100);
  });

  it('is without end once the request is answered', async () => {
    const patience = new DatabasePatience(() => false, 100);
    patience.end();
    expect(await ask(patience, 300, 300)).toEqual([null, null]);
  });
});
