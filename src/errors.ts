/** `message` tells the listener what to do. Any other error is a bug, and its text is not shown. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly status: number;
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

export const badInput = (message: string): AppError => new AppError(400, message);

/** Another listener's thing and one that never existed look alike. */
export const notFound = (): AppError => new AppError(404, 'There is nothing at this address.');

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
