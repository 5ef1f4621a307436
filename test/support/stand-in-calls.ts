import type { SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { connect } from './spotify-sign-in.ts';

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- read field by field in the tests
}

/** Bare HTTP, without our own client: the stand-in is only worth something if it is as strict as Spotify. */
export function caller(standIn: () => SpotifyStandIn) {
  const call = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const response = await fetch(standIn().url + path, { redirect: 'manual', ...init });
    const type = response.headers.get('content-type') ?? '';
    const text = await response.text();
    return { status: response.status, type, body: type.includes('json') ? JSON.parse(text) : text };
  };
  const headers = async (token?: string) => ({
    authorization: `Bearer ${token ?? (await connect(standIn())).accessToken}`,
  });
  return {
    call,
    /** As whoever signs in now, unless a token is given. */
    get: async (path: string, token?: string) => call(path, { headers: await headers(token) }),
    post: async (path: string, body: unknown) =>
      call(path, { headers: await headers(), method: 'POST', body: JSON.stringify(body) }),
  };
}
