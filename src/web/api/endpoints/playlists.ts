import { z } from 'zod';
import { beginSending } from '../../../playlists/begin-sending.ts';
import { computeProfile, listCards } from '../../../playlists/profile.ts';
import {
  getPlaylist,
  listPlaylistsAfter,
  listPlaylistTrackIds,
  type Playlist,
} from '../../../playlists/playlists.ts';
import { DESCRIPTION_LIMIT, fitted, NAME_LIMIT, oneLine } from '../../../playlists/proposals.ts';
import { findSending, type Sending } from '../../../playlists/sendings.ts';
import { buildRecipe, keepBuild } from '../../playlists/keep-recipe.ts';
import { nameRecipe } from '../../playlists/preview.ts';
import { SENDING_PROBLEMS } from '../../playlists/sending-view.ts';
import { endpoint } from '../endpoint.ts';
import { badCursor, id, pageOf, paging, readableId, readCursor, text, writeCursor } from '../params.ts';
import { named } from '../schemas.ts';
import { average, cardOf, count, cutPage, instant, isoOf, trackCardShape } from '../shapes.ts';
import { recipeOf, recipeShape } from './playlist-source.ts';

const subject = 'Playlists';
const params = { playlistId: id.describe('A playlist’s id, as the list of playlists names it') };
const ofOne = { params: { playlistId: '8f14e45f-ceea-467f-9575-4dfd8a4ba7a5' } };

const playlistShape = {
  playlist_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  origin: z.enum(['old-archive', 'built']),
  origin_words: z.string().nullable().describe('What it was built from, in words'),
  spotify_playlist_id: z.string().nullable().describe('Its copy on Spotify'),
  created_at: instant,
  tracks: count,
};
const playlist = named('Playlist', z.strictObject(playlistShape));

const playlistOf = ({ origin_details: details, ...one }: Playlist): z.input<typeof playlist> => ({
  ...one,
  origin_words: details?.words ?? null,
  created_at: one.created_at.toISOString(),
});

const sending = named(
  'Sending',
  z.strictObject({
    state: z.enum(['unsent', 'waiting', 'sending', 'interrupted', 'stopped', 'sent']),
    public: z.boolean(),
    total: count.describe('Tracks to send'),
    handled: count.describe('Of those, how many are on Spotify or left out'),
    confirmed: count.describe('Tracks that are certainly on Spotify'),
    left_out: count.describe('Tracks that Spotify can’t accept'),
    problem: z.enum(SENDING_PROBLEMS).nullable().describe('Why it has stopped'),
    stopped_at: instant.nullable(),
    not_before: instant.nullable().describe('Sending again does nothing until then'),
    again_at: instant.nullable().describe('When it resumes automatically; null: it waits for you'),
    spotify_playlist_id: z.string().nullable(),
    finished_at: instant.nullable(),
  }),
);

const UNSENT = {
  state: 'unsent',
  public: false,
  total: 0,
  handled: 0,
  confirmed: 0,
  left_out: 0,
  problem: null,
} as const;
const NEVER = {
  stopped_at: null,
  not_before: null,
  again_at: null,
  spotify_playlist_id: null,
  finished_at: null,
};

function sendingOf(found: Sending | null): z.input<typeof sending> {
  if (found === null) return { ...UNSENT, ...NEVER };
  const { is_public: isPublic, lost_creations: _, description_refused: _refused, ...told } = found;
  return {
    ...told,
    public: isPublic,
    stopped_at: isoOf(found.stopped_at),
    not_before: isoOf(found.not_before),
    again_at: isoOf(found.again_at),
    finished_at: isoOf(found.finished_at),
  };
}

const listPlace = z.strictObject({ playlist_id: text(8_000) });
const trackPlace = z.strictObject({ track_id: text(2_000) });

const wording = {
  name: text(NAME_LIMIT)
    .transform(oneLine)
    .pipe(z.string().min(1))
    .optional()
    .describe('If empty, the playlist is named after its source'),
  description: text(DESCRIPTION_LIMIT).transform(oneLine).pipe(z.string()).optional(),
};

export const playlistEndpoints = [
  endpoint({
    method: 'GET',
    path: '/playlists',
    name: 'listPlaylists',
    subject,
    scope: 'read',
    summary: 'Your playlists, the newest first',
    query: paging,
    example: { query: { limit: '10' } },
    answer: pageOf(playlist, {}),
    handler: async ({ db, user, query }) => {
      const after = readCursor(listPlace, query.after)?.playlist_id ?? null;
      const rows = await listPlaylistsAfter(db, user.user_id, { after, limit: query.limit + 1 });
      if (after !== null && rows.length === 0) throw badCursor();
      const { shown, last } = cutPage(rows, query.limit);
      return { items: shown.map(playlistOf), next: last && writeCursor({ playlist_id: last.playlist_id }) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/playlists/:playlistId',
    name: 'getPlaylist',
    subject,
    scope: 'read',
    summary: 'A playlist and how it sounds',
    params,
    example: ofOne,
    answer: z.strictObject({
      ...playlistShape,
      duration_ms: count.describe('In total, for tracks with a known length'),
      durations_known: count,
      with_features: count,
      energy: average,
      valence: average,
      danceability: average,
    }),
    handler: async ({ db, user, params: { playlistId } }) => {
      const found = await getPlaylist(db, user.user_id, readableId(playlistId));
      const trackIds = await listPlaylistTrackIds(db, user.user_id, found.playlist_id);
      const { duration_ms, durations_known, with_features, energy, valence, danceability } =
        await computeProfile(db, user.user_id, trackIds);
      const profile = { duration_ms, durations_known, with_features, energy, valence, danceability };
      return { ...playlistOf(found), ...profile };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/playlists/:playlistId/tracks',
    name: 'listPlaylistTracks',
    subject,
    scope: 'read',
    summary: 'The tracks of a playlist, in its order',
    params,
    query: paging,
    example: ofOne,
    answer: pageOf(z.strictObject(trackCardShape), {}),
    handler: async ({ db, user, params: { playlistId }, query }) => {
      const found = await getPlaylist(db, user.user_id, readableId(playlistId));
      const all = await listPlaylistTrackIds(db, user.user_id, found.playlist_id);
      const after = readCursor(trackPlace, query.after);
      const from = after === null ? 0 : all.indexOf(after.track_id) + 1;
      if (after !== null && from === 0) throw badCursor();
      const { shown, last } = cutPage(all.slice(from, from + query.limit + 1), query.limit);
      const items = (await listCards(db, shown)).map(cardOf);
      return { items, next: last === null ? null : writeCursor({ track_id: last }) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/playlists',
    name: 'createPlaylist',
    subject,
    scope: 'write:playlists',
    cost: 5,
    status: 201,
    summary: 'Make a playlist of any list',
    description:
      'Leaves out what is to be left out, takes the best of the rest, sets them in order. The same list under the same name is kept once, and answered again.',
    body: z.strictObject({ ...recipeShape, ...wording }),
    example: { body: { source: { from: 'mood', quadrant: 'happy' }, take: 30, arrange: 'energy' } },
    answer: z.strictObject({ ...playlistShape, is_new: z.boolean().describe('false: you already had it') }),
    handler: async ({ db, user, body: { name, description, ...asked } }) => {
      const recipe = await nameRecipe(db, user.user_id, recipeOf(asked));
      const build = await buildRecipe(db, user.user_id, recipe);
      const proposed = fitted(recipe.list.propose(build.trackIds.length));
      const wanted = { name: name ?? proposed.name, description: description ?? proposed.description };
      const { playlistId, isNew } = await keepBuild(db, user.user_id, recipe, { build, wording: wanted });
      return { ...playlistOf(await getPlaylist(db, user.user_id, playlistId)), is_new: isNew };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/playlists/:playlistId/sending',
    name: 'sendPlaylist',
    subject,
    scope: 'write:playlists',
    cost: 10,
    status: 202,
    summary: 'Send a playlist to Spotify, or go on with it',
    description:
      'It is sent once, and sending continues after the answer. Read its sending to see the progress.',
    params,
    body: z.strictObject({
      public: z.boolean().default(false),
      as_new: z
        .boolean()
        .default(false)
        .describe('Send it as a new playlist, if its copy is gone or was changed'),
    }),
    example: { ...ofOne, body: { public: false } },
    answer: sending,
    handler: async ({ db, access, user, params: { playlistId }, body }) => {
      const { playlist_id: known } = await getPlaylist(db, user.user_id, readableId(playlistId));
      await beginSending({ db, access }, user.user_id, known, { isPublic: body.public, asNew: body.as_new });
      return sendingOf(await findSending(db, user.user_id, known));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/playlists/:playlistId/sending',
    name: 'getSending',
    subject,
    scope: 'read',
    summary: 'How far a playlist is on its way to Spotify',
    changesByItself: true,
    params,
    example: ofOne,
    answer: sending,
    handler: async ({ db, user, params: { playlistId } }) => {
      const { playlist_id: known } = await getPlaylist(db, user.user_id, readableId(playlistId));
      return sendingOf(await findSending(db, user.user_id, known));
    },
  }),
];
