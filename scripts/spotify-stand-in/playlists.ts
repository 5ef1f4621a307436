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
  const id = inventId(`playlist ${listener.id} ${state.playlists.length}`);
  state.playlists.push({
    id,
    listenerId: listener.id,
    name,
    description,
    isPublic: asked.data.public,
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
    // Spotify has been seen to say true of a playlist asked for as private: nobody may rely on this.
    public: true,
    snapshot_id: snapshotId(state.playlists.length, 0),
    items: { limit: 100, next: null, offset: 0, previous: null, total: 0, items: [] },
  });
}

const newItems = z.object({ uris: z.array(z.string()), position: z.int().min(0).optional() });

/** POST /v1/playlists/{id}/items. */
export function addItems({ state, listener, request, id }: ApiCall): Answer {
  const playlist = state.playlists.find((one) => one.id === id);
  if (playlist === undefined) return apiError(404, 'Resource not found');
  if (playlist.listenerId !== listener.id) return apiError(403, 'Forbidden');
  const asked = newItems.safeParse(parse(request.body));
  if (!asked.success || asked.data.uris.length === 0) return apiError(400, 'No uris provided');
  const { uris, position = playlist.uris.length } = asked.data;
  if (uris.length > 100) return apiError(400, 'You can add a maximum of 100 tracks per request.');
  const bad = uris.find((uri) => !/^spotify:(?:track|episode):[A-Za-z0-9]{22}$/.test(uri));
  if (bad !== undefined) return apiError(400, `Invalid track uri: ${bad}`);
  return added(playlist, uris, position);
}

function added(playlist: StandInPlaylist, uris: readonly string[], position: number): Answer {
  playlist.uris.splice(position, 0, ...uris);
  return json(201, { snapshot_id: snapshotId(1, playlist.uris.length) });
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
