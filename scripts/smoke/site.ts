const PATIENCE_MS = 10_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A deployed app as a signed-out browser sees it; redirects are not followed. */
export class Site {
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
  }

  get isSecure(): boolean {
    return this.url.protocol === 'https:';
  }

  /** @throws Error with a readable message if nothing answers within ten seconds */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(path, { headers });
  }

  /** @throws Error as `get` does */
  protected async ask(path: string, options: RequestInit): Promise<Answer> {
    const address = new URL(path, this.url);
    try {
      const answer = await fetch(address, {
        ...options,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      throw new Error(`${address.pathname} did not answer${cause}`, { cause: error });
    }
  }
}
