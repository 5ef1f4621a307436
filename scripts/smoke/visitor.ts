import { setTimeout as sleep } from 'node:timers/promises';
import { Site, type Answer } from './site.ts';

/** A browser with cookies, signed in through the stand-in. */
export class Visitor extends Site {
  private readonly cookies = new Map<string, string>();

  override async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.keepCookies(await super.get(path, { ...headers, cookie: this.cookieHeader() }));
  }

  /** Sends a form of the page with its hidden fields. */
  async submit(page: Answer, action: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const form = page.text.split('<form').find((part) => part.includes(`action="${action}"`));
    if (form === undefined) throw new Error(`there is no form for ${action}`);
    const hidden = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams(
      Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, plain(value)])),
    );
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.keepCookies(
      await this.ask(action, {
        method: 'POST',
        headers: { cookie: this.cookieHeader(), origin: this.url.origin },
        body,
      }),
    );
  }

  /** @throws Error if the real Spotify would have to sign in */
  async signIn(): Promise<void> {
    const begun = await this.get('/auth/spotify');
    const authorize = new URL(begun.headers.get('location') ?? '', this.url);
    if (authorize.hostname.endsWith('spotify.com'))
      throw new Error('this app uses the real Spotify: leave out --stand-in');
    let back = await fetch(authorize, { redirect: 'manual' });
    const choice = /href="(\/authorize\?[^"]+listener=[^"]+)"/.exec(await back.text())?.[1];
    // With one listener there is nothing to choose.
    if (choice !== undefined) back = await fetch(new URL(plain(choice), authorize), { redirect: 'manual' });
    const { status, headers } = await this.get(back.headers.get('location') ?? '/');
    if (status !== 303) throw new Error(`the callback answered ${status} to ${headers.get('location')}`);
  }

  /** Tries for half a minute. */
  async waitFor(path: string, words: RegExp): Promise<RegExpExecArray | null> {
    for (let waited = 0; waited < 30_000; waited += 500) {
      const found = words.exec((await this.get(path)).text);
      if (found !== null) return found;
      await sleep(500);
    }
    return null;
  }

  private keepCookies(answer: Answer): Answer {
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    return answer;
  }

  private cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  '#34': '"',
  '#39': "'",
  quot: '"',
};

/** Reverses HTML escaping. */
export const plain = (text: string): string =>
  text.replaceAll(/&(\w+|#\d+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
