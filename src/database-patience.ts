import { AsyncLocalStorage } from 'node:async_hooks';

/** What one request waits for the database in all, in milliseconds: its answer, if only words, comes within six seconds on a busy machine too. */
const PATIENCE_MS = 5_200;

/**
 * How long a request still waits for the database. What it asks at once is waited for at once, and what it does besides
 * (Spotify, a slow reader) does not count.
 */
export class DatabasePatience {
  readonly #renews: () => boolean;
  readonly #totalMs: number;
  #spentMs = 0;
  #asking = 0;
  #since = 0;
  #over = false;

  /** @param renews whether an answer renews it, as for long work: then only a database that is silent uses it up */
  constructor(renews: () => boolean, totalMs = PATIENCE_MS) {
    this.#renews = renews;
    this.#totalMs = totalMs;
  }

  /** Null: without end. */
  get leftMs(): number | null {
    if (this.#over) return null;
    const waiting = this.#asking > 0 ? performance.now() - this.#since : 0;
    return this.#totalMs - this.#spentMs - waiting;
  }

  /** What was waited elsewhere for the same reason. */
  spend(ms: number): void {
    this.#spentMs += ms;
  }

  /** The request is answered: what still goes on has the time it needs. */
  end(): void {
    this.#over = true;
  }

  async wait<Answer>(ask: (leftMs: number | null) => Promise<Answer>): Promise<Answer> {
    const { leftMs } = this;
    if (leftMs !== null && leftMs <= 0) throw outOfPatience();
    if (this.#asking === 0) this.#since = performance.now();
    this.#asking += 1;
    try {
      const answer = await ask(leftMs);
      if (this.#renews()) [this.#spentMs, this.#since] = [0, performance.now()];
      return answer;
    } finally {
      this.#asking -= 1;
      if (this.#asking === 0) this.#spentMs += performance.now() - this.#since;
    }
  }
}

/** It counts as a connection that was lost: nobody knows what became of what was asked on it. */
const outOfPatience = (): Error => new Error('timeout: the request has waited for the database long enough');

const ofRequest = new AsyncLocalStorage<DatabasePatience>();

/** All that `work` asks the database, and whatever it sets going, has this much patience. */
export const withPatience = <Result>(patience: DatabasePatience, work: () => Result): Result =>
  ofRequest.run(patience, work);

/** Null: nobody waits for an answer. */
export const currentPatience = (): DatabasePatience | null => ofRequest.getStore() ?? null;

/** Waits for the database with the patience of the request it is asked for. */
export const patiently = <Answer>(ask: (leftMs: number | null) => Promise<Answer>): Promise<Answer> =>
  currentPatience()?.wait(ask) ?? ask(null);

/** Leaves what is late to whoever takes care of it. @throws Error once the time is over */
export async function atMost<Result>(
  leftMs: number | null,
  asked: Promise<Result>,
  late: (result: Result) => void,
): Promise<Result> {
  if (leftMs === null) return asked;
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(outOfPatience());
    }, leftMs);
  });
  asked.then(
    (result) => isLate && late(result),
    () => undefined,
  );
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
