import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, nobody, useCast } from '../support/app.ts';
import { insertListens, insertTrack } from '../support/factories.ts';

const test = useCast();

beforeAll(async () => {
  for (const trackId of ['old', 'new']) await insertTrack(test.db, { trackId, name: `Song ${trackId}`, artists: [trackId] });
  await insertListens(test.db, test.aliceId, [
    { at: '2021-03-01T12:00:00Z', track: 'old', ms: 200_000 },
    // A Monday evening: three plays within an hour, and one much later.
    { at: '2024-05-06T20:05:00Z', track: 'old', ms: 200_000 },
    { at: '2024-05-06T20:20:00Z', track: 'new', ms: 200_000 },
    { at: '2024-05-06T20:50:00Z', track: 'new', ms: 200_000 },
    { at: '2024-05-06T23:00:00Z', track: 'new', ms: 200_000 },
    { at: '2024-12-01T09:00:00Z', track: 'new', ms: 200_000 },
  ]);
}); // prettier-ignore

async function pageOf(query: string, visitor = test.alice): Promise<string> {
  const { text } = await visitor.get(`/history/when?${query}`).expect(200);
  return text.replaceAll(/<title>.*?<\/title>|<script.*?<\/script>|<[^>]*>/gs, ' ').replaceAll(/\s+/g, ' ');
}
const MAY = 'span=month&on=2024-05-20';

describe('when a listener listens', () => {
  it('is told by the hours of the week, in sessions, by what is new and what came back', async () => {
    const text = await pageOf(MAY);
    expect(text).toMatch(/Monday, 20:00 to 21:00: 3 of 4 plays/);
    expect(text).toMatch(/Sessions 2 .*Longest session 48 minutes, 3 plays/);
    expect(text).toMatch(/1 new track and 1 new artist\. Tracks that lasted: 1/);
    expect(text).toMatch(/Back after a year.*Song old/);
    expect(text).not.toMatch(/Back after a year.*Song new/);
  });

  it('knows nothing before all time to come back from', async () => {
    expect(await pageOf('span=all')).not.toContain('Back after a year');
  });

  it('follows the clock where the listener is', async () => {
    await test.db.execute(`UPDATE users SET timezone = 'Asia/Tokyo' WHERE spotify_id = $1`, [ALICE]);
    expect(await pageOf(MAY)).toMatch(/Tuesday, 05:00 to 06:00/);
    await test.db.execute(`UPDATE users SET timezone = 'UTC' WHERE spotify_id = $1`, [ALICE]);
  });

  it('says where plays came from, as far as it is known', async () => {
    await test.db.execute(
      `INSERT INTO plays (user_id, played_at, track_id, context, raw_json)
       SELECT user_id, '2023-02-01T12:00:00Z'::timestamptz + n * interval '1 hour' + ordinality * interval '1 minute', 'new', context::jsonb, '{}'
       FROM generate_series(1, 5) AS n, unnest($1::bigint[], $2::text[], $3::int[]) WITH ORDINALITY AS told (user_id, context, times, ordinality)
       WHERE n <= times`,
      [
        [test.aliceId, test.aliceId, test.bobId],
        [
          '{"type": "artist", "uri": "spotify:artist:old"}',
          '{"type": "<b>odd</b>", "uri": {"a": 1}}',
          '{"type": "playlist", "uri": "spotify:playlist:bobs"}',
        ],
        [2, 3, 5],
      ],
    );
    const text = await pageOf('span=month&on=2023-02-01');
    expect(text).toMatch(/Played from.*Somewhere else 3 plays.*OLD.*2 plays.*for 5 of 5 plays/);
    expect(text).not.toContain('playlist on Spotify');
    await test.db.execute(`INSERT INTO hidden_artists (user_id, artist_id) VALUES ($1, 'old')`, [
      test.aliceId,
    ]);
    expect(await pageOf('span=month&on=2023-02-01')).not.toMatch(/\bOLD\b/);
    await test.db.execute(`DELETE FROM hidden_artists`);
    await test.db.execute(`DELETE FROM plays WHERE played_at < '2024-01-01' AND played_at > '2022-01-01'`);
  });

  it('is each listener’s own, and says where there is nothing yet', async () => {
    const text = await pageOf(MAY, test.bob);
    expect(text).toMatch(/no plays.*Sessions 0.*nothing new.*Nothing came back/);
    await nobody(test).get('/history/when').expect(302);
    await nobody(test).get('/api/discoveries').expect(401);
  });

  it('refuses what is no range', async () => {
    for (const path of ['/history/when', '/api/plays-by-weekday-and-hour', '/api/discoveries'])
      await test.alice.get(`${path}?span=ever`).expect(400);
  });
});

it('its charts are labels and data', async () => {
  const week = await test.alice.get(`/api/plays-by-weekday-and-hour?${MAY}`).expect(200);
  expect(week.body.labels).toHaveLength(7 * 24);
  expect(week.body.data[week.body.labels.indexOf('Monday 20:00')]).toBe(3);
  const { body } = await test.alice.get('/api/discoveries?from=2021-03-01').expect(200);
  expect([body.labels.length, body.labels.at(0), body.labels.at(-1), body.data.at(0), body.data.at(1)]).toEqual([
    39, '2021-03', '2024-05', 1, 0,
  ]); // prettier-ignore
});
