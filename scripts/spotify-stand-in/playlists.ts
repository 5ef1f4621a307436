import { z } from 'zod';
import type { ApiCall } from './api.ts';
import { apiError, json, type Answer } from './answers.ts';
import { inventId } from './catalogue.ts';
import type { StandInPlaylist } from './state.ts';

const newPlaylist = z.object({
  name: z.string().min(1),
  public: z.boolean().default(true),
  collaborative: z.boolean().default(false),
  description: z.string().default(''),
});

export const wantsPublic = (body: string): boolean => newPlaylist.safeParse(parse(body)).data?.public ?? true;

/** POST /v1/me/playlists. */
export function createPlaylist({ state, listener, request }: ApiCall): Answer {
  const asked = newPlaylist.safeParse(parse(request.body));
  if (!asked.success) return apiError(400, 'Missing required field: name');
  const { name, description } = asked.data;
  if (/https?:|www\./i.test(description)) return apiError(400, 'Invalid description');
  const id = inventId(`playlist ${listener.id} ${state.playlists.length}`);
  state.playlists.push({
    id,
    listenerId: listener.id,
    name,
    description,
    isPublic: asked.data.public,
    unfollowed: false,
    uris: [],
  });
  return json(201, {
    collaborative: asked.data.collaborative,
    description,
    external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
    href: `https://api.spotify.com/v1/playlists/${id}`,
    id,
    images: [],
    primary_color: null,
    name,
    type: 'playlist',
    uri: `spotify:playlist:${id}`,
    owner: { display_name: listener.displayName, id: listener.id, type: 'user' },
    // Spotify has answered true for private playlists too, so the app must not rely on it.
    public: true,
    snapshot_id: snapshotId(state.playlists.length, 0),
    items: { limit: 100, next: null, offset: 0, previous: null, total: 0, items: [] },
  });
}

const newItems = z.object({ uris: z.array(z.string()), position: z.int().min(0).optional() });

/** POST /v1/playlists/{id}/items: all items, or none if one does not exist. */
export function addItems(call: ApiCall): Answer {
  const found = ownPlaylist(call);
  if ('refusal' in found) return found.refusal;
  const asked = readItems(call);
  if ('refusal' in asked) return asked.refusal;
  const { uris, position = found.playlist.uris.length } = asked;
  if (position > found.playlist.uris.length) return apiError(400, 'Index out of bounds');
  found.playlist.uris.splice(position, 0, ...uris);
  return json(201, { snapshot_id: snapshotId(1, found.playlist.uris.length) });
}

/** PUT /v1/playlists/{id}/items: replaces all items. */
export function replaceItems(call: ApiCall): Answer {
  const found = ownPlaylist(call);
  if ('refusal' in found) return found.refusal;
  const asked = readItems(call);
  if ('refusal' in asked) return asked.refusal;
  found.playlist.uris.splice(0, Infinity, ...asked.uris);
  return json(200, { snapshot_id: snapshotId(2, found.playlist.uris.length) });
}

const MOST_READ = 50;

/** GET /v1/playlists/{id}/items: in development mode only one's own playlists; private ones need a scope. */
export function playlistItems(call: ApiCall): Answer {
  const found = ownPlaylist(call);
  if ('refusal' in found) return found.refusal;
  const { uris, isPublic, unfollowed } = found.playlist;
  if (!isPublic && !call.state.odd.readsPrivateItems && !call.scopes.has('playlist-read-private'))
    return unfollowed ? apiError(404, 'Resource not found') : apiError(403, 'Insufficient client scope');
  const [limit, offset] = [numberIn(call, 'limit', 20), numberIn(call, 'offset', 0)];
  if (limit < 1 || limit > MOST_READ) return apiError(400, 'Invalid limit');
  const items = uris.slice(offset, offset + limit).map((uri) => {
    const id = uri.split(':').at(-1);
    return { added_at: '2026-11-25T12:00:00Z', is_local: false, item: { id, type: 'track', uri } };
  });
  const href = `https://api.spotify.com/v1/playlists/${call.id}/items`;
  return json(200, { href, items, limit, next: null, offset, previous: null, total: uris.length });
}

const numberIn = ({ request: { url } }: ApiCall, name: string, absent: number): number =>
  Number(url.searchParams.get(name) ?? absent);

function ownPlaylist({ state, listener, id }: ApiCall): { playlist: StandInPlaylist } | { refusal: Answer } {
  const playlist = state.playlists.find((one) => one.id === id);
  if (playlist === undefined) return { refusal: apiError(404, 'Resource not found') };
  if (playlist.listenerId !== listener.id) return { refusal: apiError(403, 'Forbidden') };
  return { playlist };
}

const refuse = (message: string) => ({ refusal: apiError(400, message) });

function readItems({ state, request }: ApiCall): z.infer<typeof newItems> | { refusal: Answer } {
  const asked = newItems.safeParse(parse(request.body));
  if (!asked.success || asked.data.uris.length === 0) return refuse('No uris provided');
  const { uris } = asked.data;
  if (uris.length > 100) return refuse('You can add a maximum of 100 tracks per request.');
  const bad = uris.find((uri) => !/^spotify:(?:track|episode):[A-Za-z0-9]{22}$/.test(uri));
  if (bad !== undefined) return refuse(`Invalid track uri: ${bad}`);
  if (uris.some((uri) => state.goneUris.has(uri)))
    return state.odd.withdrawnStatus === 502
      ? { refusal: apiError(502, 'Bad gateway') }
      : refuse('Payload contains a non-existing ID');
  return asked.data;
}

const snapshotId = (...numbers: number[]): string =>
  Buffer.from(`AAAA${numbers.join(',')}stand-in`).toString('base64');

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
