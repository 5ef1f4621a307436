import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control } from './control.ts';
import { deliver } from './deliver.ts';
import { findEndpoint } from './endpoints.ts';
import { activate, takeFault, type FaultRule } from './faults.ts';
import type { StandInListener, TimeRange } from './listeners.ts';
import { outcomeOf } from './outcomes.ts';
import { picture } from './picture.ts';
import {
  bearerOf,
  findListener,
  USUAL_ODDITIES,
  type Oddities,
  type RecordedCall,
  type StandInPlaylist,
  type StandInRequest,
  type StandInState,
} from './state.ts';

export type { FaultRule } from './faults.ts';
export type { StandInListener, StandInPlay } from './listeners.ts';
export type { RecordedCall } from './state.ts';

export interface StandInOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
  readonly listeners: readonly StandInListener[];
  /** Tracks besides those in the listeners' lists. */
  readonly tracks?: readonly object[];
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Allowed redirect addresses. Default: any that Spotify would accept. */
  readonly redirectUris?: readonly string[];
  /** Offer a choice of listeners instead of approving as the first. */
  readonly askWho?: boolean;
  /** An app from before development mode removed fields: it gets artists' genres, followers and popularity. */
  readonly olderApp?: boolean;
  /** Default: the computer's clock. */
  readonly clock?: () => Date;
}

/** Spotify as an app in development mode meets it. */
export interface SpotifyStandIn {
  /** For SPOTIFY_ACCOUNTS_URL and SPOTIFY_API_URL; without `/v1`. */
  readonly url: string;
  readonly accountsUrl: string;
  readonly apiUrl: string;
  /** For RECCOBEATS_URL; fault rules call its endpoint `reccobeats`. */
  readonly reccobeatsUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** In order of arrival, without control calls. */
  readonly calls: readonly RecordedCall[];
  readonly playlists: readonly StandInPlaylist[];
  setListeners(listeners: readonly StandInListener[]): void;
  setTopTracks(listenerId: string, range: TimeRange, tracks: readonly (object | null)[]): void;
  setTopArtists(listenerId: string, range: TimeRange, artists: readonly (object | null)[]): void;
  /** Sets whom sign-in approves; null: the first listener. */
  signInAs(listenerId: string | null): void;
  /** Whether each refresh gives a new refresh token and ends the old one. */
  rotateRefreshTokens(rotate: boolean): void;
  fail(rule: FaultRule): void;
  /** Removes all faults, and sends what a delay holds back; keeps the oddities. */
  heal(): void;
  /** Changes the given oddities. */
  behave(oddities: Partial<Oddities>): void;
  /** Every access token given so far answers 401 from now on. */
  expireAccessTokens(): void;
  /** The listener withdraws consent: the next refresh answers invalid_grant. */
  revoke(listenerId: string): void;
  /** No playlist accepts these tracks any more. */
  withdrawTracks(...trackIds: string[]): void;
  /** As if no playlist had ever existed. */
  forgetPlaylists(): void;
  /** Their owner deletes the playlists, which only removes them from the library. */
  unfollowPlaylists(): void;
  close(): Promise<void>;
}

/** Rejects if the port is taken. */
export async function startSpotifyStandIn(options: StandInOptions): Promise<SpotifyStandIn> {
  const state = newState(options);
  const host = options.host ?? '127.0.0.1';
  const server = createServer((request, response) => void handle(state, request, response));
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return remoteControl(state, server, `http://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

const newState = (options: StandInOptions): StandInState => ({
  clientId: options.clientId ?? 'stand-in-client',
  clientSecret: options.clientSecret ?? 'stand-in-secret',
  redirectUris: options.redirectUris ?? null,
  askWho: options.askWho ?? false,
  olderApp: options.olderApp ?? false,
  clock: options.clock ?? (() => new Date()),
  tracks: options.tracks ?? [],
  listeners: options.listeners,
  signedInAs: null,
  rotateRefreshTokens: false,
  codes: new Map(),
  accessTokens: new Map(),
  refreshTokens: new Map(),
  playlists: [],
  goneUris: new Set(),
  calls: [],
  answered: new Map(),
  odd: { ...USUAL_ODDITIES },
  faults: [],
  healed: new AbortController(),
});

function remoteControl(state: StandInState, server: Server, url: string): SpotifyStandIn {
  return {
    url,
    accountsUrl: url,
    apiUrl: url,
    reccobeatsUrl: `${url}/reccobeats`,
    clientId: state.clientId,
    clientSecret: state.clientSecret,
    calls: state.calls,
    playlists: state.playlists,
    setListeners: (listeners) => void (state.listeners = listeners),
    setTopTracks: (listenerId, range, tracks) =>
      changeListener(state, listenerId, ({ topTracks }) => ({
        topTracks: { ...topTracks, [range]: tracks },
      })),
    setTopArtists: (listenerId, range, artists) =>
      changeListener(state, listenerId, ({ topArtists }) => ({
        topArtists: { ...topArtists, [range]: artists },
      })),
    signInAs: (listenerId) => void (state.signedInAs = listenerId),
    rotateRefreshTokens: (rotate) => void (state.rotateRefreshTokens = rotate),
    fail: (rule) => void state.faults.push(activate(rule)),
    heal: () => heal(state),
    expireAccessTokens: () => expireAccessTokens(state),
    revoke: (listenerId) => revoke(state, listenerId),
    withdrawTracks: (...trackIds) => trackIds.forEach((id) => state.goneUris.add(`spotify:track:${id}`)),
    forgetPlaylists: () => void state.playlists.splice(0),
    unfollowPlaylists: () => state.playlists.forEach((playlist) => (playlist.unfollowed = true)),
    behave: (oddities) => void Object.assign(state.odd, oddities),
    close: () => close(server),
  };
}

function heal(state: StandInState): void {
  state.faults = [];
  state.healed.abort();
  state.healed = new AbortController();
  state.answered.clear();
  Object.assign(state.odd, USUAL_ODDITIES);
}

function changeListener(
  state: StandInState,
  listenerId: string,
  change: (listener: StandInListener) => Partial<StandInListener>,
): void {
  if (findListener(state, listenerId) === null) throw new Error(`there is no listener ${listenerId}`);
  state.listeners = state.listeners.map((listener) =>
    listener.id === listenerId ? { ...listener, ...change(listener) } : listener,
  );
}

function expireAccessTokens(state: StandInState): void {
  for (const [token, consent] of state.accessTokens)
    state.accessTokens.set(token, { ...consent, expiresAt: 0 });
}

function revoke(state: StandInState, listenerId: string): void {
  for (const [token, consent] of state.refreshTokens) {
    if (consent.listenerId === listenerId) state.refreshTokens.delete(token);
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function handle(
  state: StandInState,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const request = await readRequest(message);
    if (request.url.pathname.startsWith('/stand-in/')) {
      await deliver(response, { answer: control(state, request), delivery: { how: 'whole' } });
    } else if (request.url.pathname.startsWith('/image/')) {
      const answer = picture(request.url.pathname.slice('/image/'.length));
      await deliver(response, { answer, delivery: { how: 'whole' } });
    } else {
      await answerAsSpotify(state, request, response);
    }
  } catch {
    // The client hung up, as it should on an endless answer, or the request was not HTTP.
    response.destroy();
  }
}

async function answerAsSpotify(
  state: StandInState,
  request: StandInRequest,
  response: ServerResponse,
): Promise<void> {
  const call = record(state, request);
  const { name, answer } = findEndpoint(state, request);
  const outcome = outcomeOf(takeFault(state.faults, name, request.url.pathname), answer);
  const unanswered = outcome.delivery.how === 'silence' || outcome.delivery.how === 'reset';
  call.status = unanswered ? null : outcome.answer.status;
  await deliver(response, outcome, state.healed.signal);
}

async function readRequest(message: IncomingMessage): Promise<StandInRequest> {
  const { method = 'GET', url = '/', headers } = message;
  const chunks = await message.toArray();
  return {
    method,
    url: new URL(`http://${headers.host}${url}`),
    headers,
    body: Buffer.concat(chunks).toString(),
  };
}

function record(state: StandInState, { method, url, headers, body }: StandInRequest): RecordedCall {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const call: RecordedCall = {
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    grantType: isForm ? new URLSearchParams(body).get('grant_type') : null,
    listenerId: state.accessTokens.get(bearerOf(headers) ?? '')?.listenerId ?? null,
    at: state.clock(),
    status: null,
  };
  state.calls.push(call);
  return call;
}
