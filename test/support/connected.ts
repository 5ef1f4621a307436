import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import {
  startSpotifyStandIn,
  type SpotifyStandIn,
  type StandInListener,
} from '../../scripts/spotify-stand-in/server.ts';
import type { SpotifyAccess } from '../../src/users/access-token.ts';
import { saveConnection } from '../../src/users/connections.ts';
import { insertListener } from './factories.ts';
import { shortListed } from './short-lists.ts';
import { connect, settingsFor } from './spotify-sign-in.ts';
import { useDatabase, type TestDatabase } from './database.ts';

export interface ConnectedTest extends TestDatabase {
  spotify: SpotifyStandIn;
  access: SpotifyAccess;
  /** A listener who has just agreed, with a database row of their own. */
  connectListener(listenerId: string, timezone?: string): Promise<number>;
  /** Changes what Spotify would answer about the listeners. */
  serve(changes: Readonly<Record<string, Partial<StandInListener>>>): void;
}

/** A database and a Spotify, without the app: for what runs where nobody is looking. */
export function useConnected(): ConnectedTest {
  const test = useDatabase() as ConnectedTest;
  const tokenKeys = [{ id: 't1', key: randomBytes(32) }];
  beforeAll(async () => {
    test.spotify = await startSpotifyStandIn({ listeners: shortListed() });
    test.access = { settings: settingsFor(test.spotify), tokenKeys };
  });
  afterAll(() => test.spotify.close());
  test.connectListener = async (listenerId, timezone = 'UTC') => {
    const userId = await insertListener(test.db, listenerId, timezone);
    test.spotify.signInAs(listenerId);
    await saveConnection(test.db, userId, tokenKeys, await connect(test.spotify));
    return userId;
  };
  test.serve = (changes) =>
    test.spotify.setListeners(shortListed().map((listener) => ({ ...listener, ...changes[listener.id] })));
  return test;
}
