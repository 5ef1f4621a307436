/** What a way of keeping playlists came to under a number of writers. */
export interface Tally {
  readonly kept: number;
  /** Why others were not, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly writesPerSecond: number;
  /** Milliseconds from asking to the answer, of those that were kept. */
  readonly p99: number;
}

/** One attempt: its milliseconds, and why it failed. */
export interface Attempt {
  readonly milliseconds: number;
  readonly failure: string | null;
}

export function tallyUp(attempts: readonly Attempt[], seconds: number): Tally {
  const failures: Record<string, number> = {};
  for (const { failure } of attempts) if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
  const times = attempts.filter(({ failure }) => failure === null).map(({ milliseconds }) => milliseconds);
  return {
    kept: times.length,
    failures,
    writesPerSecond: times.length / seconds,
    p99: times.toSorted((one, other) => one - other)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN,
  };
}

/** Runs a piece of work and writes down how it went. */
export async function attempt(work: () => unknown): Promise<Attempt> {
  const begun = performance.now();
  let failure: string | null = null;
  try {
    await work();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  return { milliseconds: performance.now() - begun, failure };
}
