import { AsyncLocalStorage } from 'node:async_hooks';

/** Per request, in milliseconds, so that even a busy machine answers within six seconds. */
const PATIENCE_MS = 5_200;

/** How long a request still waits for the database; parallel queries count once, other waiting not at all. */
export class DatabasePatience {
  readonly #renews: () => boolean;
  readonly #totalMs: number;
  #spentMs = 0;
  #asking = 0;
  #since = 0;
  #over = false;

  /** @param renews whether an answer renews it, as for long work: then only a silent database uses it up */
  constructor(renews: () => boolean, totalMs = PATIENCE_MS) {
    this.#renews = renews;
    this.#totalMs = totalMs;
  }

  get leftMs(): number | null {
    if (this.#over) return null;
    const waiting = this.#asking > 0 ? performance.now() - this.#since : 0;
    return this.#totalMs - this.#spentMs - waiting;
  }

  spend(ms: number): void {
    this.#spentMs += ms;
  }

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

/** Counts as a lost connection: nobody knows what happened to its query. */
const outOfPatience = (): Error => new Error('timeout: the request has waited for the database long enough');

const ofRequest = new AsyncLocalStorage<DatabasePatience>();

export const withPatience = <Result>(patience: DatabasePatience, work: () => Result): Result =>
  ofRequest.run(patience, work);

export const currentPatience = (): DatabasePatience | null => ofRequest.getStore() ?? null;

export const patiently = <Answer>(ask: (leftMs: number | null) => Promise<Answer>): Promise<Answer> =>
  currentPatience()?.wait(ask) ?? ask(null);

/** The late result is left to others. @throws Error once the time is over */
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
