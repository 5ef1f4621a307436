import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Db } from '../../../src/db.ts';
import { log } from '../../../src/log.ts';
import { createApiToken } from '../../../src/users/api-tokens.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../spotify-stand-in/server.ts';
import { signIn } from './sign-in.ts';

/** The app in this process, visited by one listener who is signed in. */
export interface Site {
  /** The status of the answer, which has been read to its end. */
  visit(address: string): Promise<number>;
  close(): Promise<void>;
}

const NO_TRACKS = { short_term: [], medium_term: [], long_term: [] };

export async function openSite(db: Db, userId: number): Promise<Site> {
  log.level = 'error';
  const { spotify_id: id } = await db.one<{ spotify_id: string }>(
    'SELECT spotify_id FROM users WHERE user_id = $1',
    [userId],
  );
  const spotify = await startSpotifyStandIn({ listeners: [{ id, displayName: id, topTracks: NO_TRACKS }] });
  spotify.signInAs(id);
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', createApp({ config: siteConfig(url, spotify), db }).express);
  const cookie = await signIn(url);
  const token = await createApiToken(db, userId, { name: 'Visits', scopes: ['read'], days: 1 });
  return {
    async visit(address) {
      const isApi = address.startsWith('/api/v1/');
      if (isApi)
        await db.execute(`UPDATE api_tokens SET used_up_until = '-infinity' WHERE user_id = $1`, [userId]);
      const headers = isApi ? { Authorization: `Bearer ${token}` } : { Cookie: cookie };
      const answer = await fetch(url + address, { redirect: 'manual', headers });
      await answer.arrayBuffer();
      return answer.status;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await spotify.close();
    },
  };
}

const siteConfig = (url: string, spotify: SpotifyStandIn) =>
  loadConfig('web', {
    NODE_ENV: 'test',
    BASE_URL: url,
    SESSION_SECRET: randomBytes(32).toString('base64'),
    TOKEN_ENCRYPTION_KEYS: `v1:${randomBytes(32).toString('base64')}`,
    SPOTIFY_CLIENT_ID: spotify.clientId,
    SPOTIFY_CLIENT_SECRET: spotify.clientSecret,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
  });
