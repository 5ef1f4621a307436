import { beforeAll, describe, expect, it } from 'vitest';
import { programOf, type Program } from '../../support/api.ts';
import { useApp } from '../../support/app.ts';
import {
  insertEmptyHistoryImport,
  insertListener,
  insertListens,
  insertTrack,
} from '../../support/factories.ts';

const test = useApp();
let alice: Program;

beforeAll(async () => {
  const userId = await insertListener(test.db, 'alice', 'Asia/Kathmandu');
  await insertTrack(test.db, { trackId: 'often', artists: ['ann'], albumName: 'Dusk' });
  await insertTrack(test.db, { trackId: 'once', artists: ['ben', 'ann'], albumName: 'Dusk' });
  const imported = await insertEmptyHistoryImport(test.db, userId);
  await insertListens(
    test.db,
    userId,
    [
      // The first minutes of May where she is.
      { at: '2019-04-30T18:20:00Z', track: 'often', ms: 60_000 },
      { at: '2019-05-02T12:00:00Z', track: 'often', ms: 60_000 },
      { at: '2019-05-02T12:00:00Z', track: 'often', ms: 90_000 },
      { at: '2019-05-03T12:00:00Z', track: 'once', ms: 5_000 },
    ],
    imported,
  );
  await insertListens(test.db, userId, [{ at: '2019-05-04T12:00:00Z', track: 'once' }]);
  alice = await programOf(test, { userId, samples: {} });
});

const answerOf = async (address: string) =>
  (await alice.ask(address)).json() as Promise<Record<string, unknown>>;

describe('programs are told', () => {
  it('each play that is kept, with its length and where it is known from', async () => {
    const { items } = (await answerOf('/plays?from=2019-05-02&to=2019-05-04')) as {
      items: Record<string, unknown>[];
    };
    expect(items.map(({ track_id: id, ms_played: ms, source }) => [id, ms, source])).toEqual([
      ['once', null, 'capture'],
      ['often', 90_000, 'spotify extended'],
      ['often', 60_000, 'spotify extended'],
    ]);
  });

  it('what was played most in days of her own calendar, and by which rule', async () => {
    expect(await answerOf('/plays/top?from=2019-05-01&to=2019-05-31')).toMatchObject({
      plays: 4,
      timed_plays: 3,
      ms_played: 210_000,
      counting_rule: '30 seconds',
      has_gap: false,
      items: [
        { track_id: 'often', plays: 3, ms_played: 210_000 },
        { track_id: 'once', plays: 1, timed_plays: 0 },
      ],
    });
    expect(await answerOf('/plays/top?to=2019-04-30')).toMatchObject({ plays: 0, items: [] });
  });

  it('which artists and albums were played most, and when', async () => {
    const may = 'from=2019-05-01&to=2019-05-31';
    expect(await answerOf(`/plays/top/artists?${may}`)).toMatchObject({
      items: [
        { artist_id: 'ann', plays: 4, ms_played: 210_000 },
        { artist_id: 'ben', plays: 1 },
      ],
    });
    expect(await answerOf(`/plays/top/albums?${may}&order=minutes&limit=1`)).toMatchObject({
      items: [{ name: 'Dusk', plays: 4 }],
    });
    // 5.45 hours ahead of UTC.
    expect(await answerOf('/plays/week?to=2019-05-01')).toEqual({
      items: [{ weekday: 3, hour: 0, plays: 1 }],
    });
    expect(await answerOf(`/plays/sessions?${may}`)).toMatchObject({
      sessions: 3,
      longest: { plays: 2, minutes: 2 },
    });
    expect(await answerOf(`/plays/discoveries?${may}`)).toEqual({
      items: [{ month: '2019-05', tracks: 2, lasting_tracks: 0, artists: 2, lasting_artists: 0 }],
    });
  });

  it('what a track and the library come to by plays', async () => {
    const played = { plays: 3, ms_played: 210_000, first_played_at: '2019-04-30T18:20:00.000Z' };
    expect(await answerOf('/tracks/often')).toMatchObject({ ...played, counting_rule: '30 seconds' });
    expect(await answerOf('/library/tracks?plays_from=2')).toMatchObject({
      items: [{ track_id: 'often', ...played }],
    });
  });

  it('what came back, and from where', async () => {
    await test.db.execute(
      `INSERT INTO plays (user_id, played_at, track_id, context)
       VALUES ($1, '2021-05-04T12:00:00Z', 'often', '{"type": "artist", "uri": "spotify:artist:ann"}')`,
      [alice.userId],
    );
    expect(await answerOf('/plays/returned?from=2021-05-01&to=2021-05-31')).toMatchObject({
      items: [{ track_id: 'often', plays: 1, first_played_at: '2019-04-30T18:20:00.000Z' }],
    });
    expect(await answerOf('/plays/contexts?to=2022-01-01')).toEqual({
      known: 1,
      items: [{ kind: 'artist', id: 'ann', name: 'ANN', plays: 1 }],
    });
    await test.db.execute('DELETE FROM plays WHERE context IS NOT NULL');
  });
});
