import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_NAMES } from '../../../src/playlists/sources.ts';
import { insertApiArchive, programOf, type Program } from '../../support/api.ts';
import { ALICE, signIn, useApp, userIdFor } from '../../support/app.ts';
import { insertSnapshot } from '../../support/factories.ts';
import { insertFilledPlaylist, settled, spotifyIds, urisOf } from '../../support/playlists.ts';

const test = useApp();
/** Connected to Spotify. */
let alice: Program;
let bob: Program;
const ids = spotifyIds(5);

beforeAll(async () => {
  await signIn(test, ALICE);
  alice = await programOf(test, { userId: await userIdFor(test, ALICE), samples: {} });
  await insertFilledPlaylist(test.db, alice.userId, 'known', ids);
  await insertSnapshot(test.db, alice.userId, { date: '2024-03-14', range: 'long_term' }, ids);
  bob = await programOf(test, await insertApiArchive(test, 'bob'));
});
afterEach(() => test.spotify.forgetPlaylists());

interface Made {
  readonly playlist_id: string;
  readonly name: string;
  readonly tracks: number;
  readonly is_new: boolean;
}

const post = (program: Program, address: string, body: unknown): Promise<Response> =>
  program.ask(address, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });
const make = async (program: Program, body: unknown): Promise<Made> => {
  const answer = await post(program, '/playlists', body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Made;
};
const trackIdsOf = async (program: Program, { playlist_id: id }: Made): Promise<string[]> => {
  const answer = await program.ask(`/playlists/${id}/tracks`);
  return ((await answer.json()) as { items: { track_id: string }[] }).items.map((track) => track.track_id);
};

describe('a playlist made by a program', () => {
  const OF_BOB = [
    { from: 'snapshot', date: '2024-12-31', range: 'long_term' },
    { from: 'period', year: 2024, month: 12, range: 'long_term' },
    { from: 'ranked', of: 'albums', date: '2024-12-31', range: 'long_term' },
    { from: 'plays', of: 'artists', order: 'minutes', first_day: '2024-12-01', last_day: '2024-12-31' },
    { from: 'discoveries', first_day: '2024-12-01', last_day: '2024-12-31' },
    { from: 'search', q: 'halo' },
    { from: 'mood', quadrant: 'happy' },
    { from: 'similar', track: 'bob-track-1' },
    { from: 'album', album: 'bob-album-id' },
    { from: 'artist', artist: 'bob-artist' },
    { from: 'explore', energy_from: 0.75, released_from: '2008', duration_to: '9:00', range: ['long_term'] },
  ];

  it('may come from every list that a page’s may', () => {
    expect(OF_BOB.map(({ from }) => from).toSorted()).toEqual(SOURCE_NAMES.toSorted());
  });

  it.each(OF_BOB.filter(({ from }) => from !== 'explore').map((source) => [source.from, source] as const))(
    'from %s holds that list',
    async (_from, source) => {
      const made = await make(bob, { source, name: `Of ${source.from}` });
      expect(made).toMatchObject({ name: `Of ${source.from}`, is_new: true });
      const kept = await trackIdsOf(bob, made);
      expect([kept.length > 0, kept.every((id) => id.startsWith('bob-'))]).toEqual([true, true]);
    },
  );

  it('holds what passes its filters, as arranged, and no more than asked for', async () => {
    const source = { from: 'explore', energy_from: 0.85, released_to: '2008-11' };
    const made = await make(bob, { source, take: 1, arrange: 'energy' });
    expect([made.tracks, await trackIdsOf(bob, made)]).toEqual([1, ['bob-track-2']]);
  });

  it('is kept once, and named for its list where it is given no name', async () => {
    const body = { source: { from: 'mood', quadrant: 'happy' }, take: 2 };
    const [first, second] = [await make(bob, body), await make(bob, body)];
    expect([first.is_new, second.is_new, first.playlist_id === second.playlist_id]).toEqual([
      true,
      false,
      true,
    ]);
    expect(first.name).toMatch(/happy/i);
  });

  it.each([
    [{ from: 'snapshot', date: '1999-01-01', range: 'long_term' }],
    [{ from: 'similar', track: 'known-to-nobody' }],
  ])('of %j, where there is no track, is not kept', async (source) => {
    const answer = await post(bob, '/playlists', { source });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      400,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
  });

  it.each([
    ['source', { source: { from: 'elsewhere' } }],
    ['source', { source: { from: 'snapshot', date: '2024-02-30' } }],
    ['take', { source: { from: 'mood', quadrant: 'sad' }, take: 0 }],
    ['name', { source: { from: 'mood', quadrant: 'sad' }, name: ' \n ' }],
    ['name', { source: { from: 'mood', quadrant: 'sad' }, name: 'x'.repeat(101) }],
    ['take', { source: { from: 'mood', quadrant: 'sad' }, take: '5' }],
  ])('with a bad %s is a 400 that names it', async (parameter, body) => {
    const answer = await post(bob, '/playlists', body);
    const { errors = [] } = (await answer.json()) as { errors?: { parameter: string }[] };
    expect([answer.status, errors[0]?.parameter.split('.')[0]]).toEqual([400, parameter]);
  });

  it('needs a token that may', async () => {
    const reader = await programOf(test, bob, ['read']);
    const answer = await post(reader, '/playlists', { source: { from: 'mood', quadrant: 'happy' } });
    expect(answer.status).toBe(403);
  });
});

describe('sending it', () => {
  const sendingOf = async (program: Program, id: string): Promise<unknown> =>
    (await program.ask(`/playlists/${id}/sending`)).json();

  it('goes on after the answer, once, and is told step by step', async () => {
    expect(await sendingOf(alice, 'known')).toMatchObject({ state: 'unsent', confirmed: 0 });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(alice, '/playlists/known/sending', { public: false })),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(await settled(test.db, 'known')).toBe('sent');
    expect(test.spotify.playlists).toMatchObject([{ isPublic: false, uris: urisOf(ids) }]);
    expect(await sendingOf(alice, 'known')).toMatchObject({ state: 'sent', confirmed: 5, total: 5 });
  });

  it('is nobody else’s to do or to see', async () => {
    expect((await post(bob, '/playlists/known/sending', {})).status).toBe(404);
    expect((await bob.ask('/playlists/known/sending')).status).toBe(404);
  });

  it('of nothing that Spotify could take is a 400', async () => {
    expect((await post(bob, '/playlists/bob-playlist/sending', {})).status).toBe(400);
  });
});
