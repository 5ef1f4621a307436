/**
 * What the error page needs to know. `message` is for the listener: plain words, what was wrong and what to do.
 * Anything thrown that is not an AppError is a fault of ours and is shown without its text.
 */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly status: number;
  /** Seconds after which trying again makes sense; becomes the Retry-After header. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    message: string,
    options: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A parameter that does not fit; the message names it. */
export const badInput = (message: string): AppError => new AppError(400, message);

/** The one 404: another listener's thing and a thing that never was look alike. */
export const notFound = (): AppError => new AppError(404, 'There is nothing at this address.');

/** One or more settings are missing or wrong. The message lists each by name with what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      ['The settings need attention (see .env.example):', ...problems.map((line) => `  - ${line}`)].join(
        '\n',
      ),
    );
    this.problems = problems;
  }
}
