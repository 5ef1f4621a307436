import http from 'node:http';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cookiesOf, csrfToken, nobody, submit, useCast, type Visitor } from '../support/app.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertSnapshot, insertTrack } from '../support/factories.ts';
import { readCsv } from '../support/csv.ts';

const test = useCast({ RECCOBEATS: 'yes', RECCOBEATS_URL: 'http://127.0.0.1:9', RECCOBEATS_PER_DAY: '400' });
const PAGE = '/settings/audio-features';
const id = (letter: string): string => letter.repeat(22);
const [OLD, ASKED, NONE, HERS, LOCAL] = [id('o'), id('r'), id('n'), id('h'), 'spotify:local:a:b:c:1'];

beforeAll(async () => {
  await insertTrack(test.db, { trackId: OLD, features: { energy: 0.1, valence: 0.2, loudness: -7.5 } });
  await insertTrack(test.db, { trackId: ASKED });
  await test.db.execute(
    `UPDATE tracks SET audio_features = '{"energy": 0.3}', audio_features_source = 'reccobeats',
       audio_features_at = '2026-05-03T12:00:00Z' WHERE track_id = $1`,
    [ASKED],
  );
  for (const trackId of [NONE, HERS, LOCAL]) await insertTrack(test.db, { trackId, name: '=SUM(1)' });
  for (const userId of [test.aliceId, test.bobId])
    await insertSnapshot(test.db, userId, { date: '2026-01-01' }, [OLD, ASKED, NONE, HERS, LOCAL]);
});
beforeEach(async () => {
  await test.db.execute('DELETE FROM own_audio_features');
});

const load = async (visitor: Visitor, csv: string | Buffer, token?: string) =>
  visitor
    .post(PAGE)
    .field('_csrf', token ?? (await csrfToken(visitor)))
    .attach('file', Buffer.from(csv as string), 'features.csv');
const wordsOf = async (visitor: Visitor, path = PAGE): Promise<string> =>
  (await visitor.get(path).expect(200)).text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&#34;', '"')
    .replaceAll(/\s+/g, ' ');
/** Loads, and reads what the page says of it. */
const loadAndRead = async (visitor: Visitor, csv: string | Buffer): Promise<string> => {
  await load(visitor, csv).then(({ status, headers }) =>
    expect([status, headers.location]).toEqual([303, PAGE]),
  );
  return wordsOf(visitor);
};
const energyOf = async (userId: number, trackId: string) =>
  (
    await test.db.one<{ energy: number | null }>(
      'SELECT energy FROM library_tracks WHERE user_id = $1 AND track_id = $2',
      [userId, trackId],
    )
  ).energy;
const ownRows = () => test.db.many('SELECT user_id, track_id FROM own_audio_features ORDER BY 1, 2');

describe('the page', () => {
  it('leads nobody to sign-in', async () => {
    await nobody(test).get(PAGE).expect(302);
  });

  it('says of how many tracks it speaks, by source, and what the provider is doing', async () => {
    await test.db.execute(
      `UPDATE enrichments SET asked = 41, asked_date = (now() AT TIME ZONE 'UTC')::date WHERE source = 'reccobeats'`,
    );
    await test.db.execute(`INSERT INTO enrichment_misses (source, track_id) VALUES ('reccobeats', $1)`, [
      NONE,
    ]);
    const words = await wordsOf(test.alice);
    expect(words).toContain('2 of 5 tracks have audio features.');
    expect(words).toContain(
      'Your own file 0 An old archive 1 ReccoBeats 1 Unknown to ReccoBeats too 1 ' +
        'Local files and tracks without a Spotify id 1 Not known yet 1',
    );
    expect(words).toContain('41 of at most 400 tracks.');
    await test.db.execute(`UPDATE enrichments SET not_before = now() + interval '30 days'`);
    expect(await wordsOf(test.alice)).toMatch(
      /at most 400 tracks\. Paused until \d+ \w+ \d{4} at \d\d:\d\d\./,
    );
    await test.db.execute(
      `UPDATE enrichments SET not_before = NULL, failure = 'ReccoBeats could not be reached.'`,
    );
    expect(await wordsOf(test.alice)).toContain('tracks. ReccoBeats could not be reached.');
    await test.db.execute(`UPDATE enrichments SET asked = 400, failure = NULL`);
    expect(await wordsOf(test.alice)).toContain(
      '400 of at most 400 tracks. It continues after midnight (UTC).',
    );
    await test.db.execute('DELETE FROM enrichment_misses');
  });

  it('is reached from the settings', async () => {
    expect((await test.alice.get('/settings')).text).toContain(`href="${PAGE}"`);
  });
});

describe('a file of one’s own', () => {
  it('counts before everything else, for its listener and nobody else', async () => {
    const before = await wordsOf(test.bob, `/tracks/${OLD}`);
    const words = await loadAndRead(
      test.alice,
      `track_id,energy,tempo\nspotify:track:${OLD},0.9,\n${ASKED},0.8,\n${HERS},0.7,120\n${id('z')},0.5,\n${LOCAL},0.6,`,
    );
    expect(words).toContain('Imported features for 5 tracks; in your archive: 4.');
    expect(words).toContain('4 of 5 tracks have audio features.');
    expect(words).toContain('Your own file 4 An old archive 0 ReccoBeats 0');
    expect(words).toContain('Your files cover 5 tracks');
    const energies = async (userId: number) =>
      Promise.all([OLD, ASKED, NONE, HERS, LOCAL].map((track) => energyOf(userId, track)));
    expect(await energies(test.aliceId)).toEqual([0.9, 0.8, null, 0.7, 0.6]);
    expect(await energies(test.bobId)).toEqual([0.1, 0.3, null, null, null]);
    // Nowhere does Bob see anything of it.
    expect(await wordsOf(test.bob)).toContain('2 of 5 tracks have audio features.');
    expect(await wordsOf(test.bob, `/tracks/${OLD}`)).toBe(before);
    expect((await test.bob.get(`${PAGE}/known.csv`)).text).not.toContain('0.9');
    expect((await test.bob.get(`/api/tracks/${HERS}/audio-features`)).body).toMatchObject({
      data: [null, null, null, null, null, null, null],
    });
    expect((await test.alice.get(`/api/tracks/${HERS}/audio-features`)).body).toMatchObject({
      data: [0.7, null, null, null, null, null, null],
    });
    expect(await listStrayDerived(test.db)).toEqual([]);
    // The dashboard's figures follow at once.
    expect(await wordsOf(test.alice, '/dashboard')).toMatch(/4 of 5 tracks/);
    expect(await wordsOf(test.bob, '/dashboard')).toMatch(/2 of 5 tracks/);
  });

  it('is named on the page of a track as its source, beside what it leaves out', async () => {
    expect(await wordsOf(test.alice, `/tracks/${OLD}`)).toContain('Source: an old archive moved here');
    expect(await wordsOf(test.alice, `/tracks/${ASKED}`)).toContain('Source: ReccoBeats, 3 May 2026.');
    await loadAndRead(test.alice, `track_id,energy\n${OLD},0.9\n${HERS},0.9`);
    await test.db.execute(`UPDATE own_audio_features SET loaded_at = '2026-06-07T12:00:00Z'`);
    expect(await wordsOf(test.alice, `/tracks/${OLD}`)).toContain(
      'Source: your own file, 7 June 2026. The rest is from an old archive moved here.',
    );
    expect(await wordsOf(test.alice, `/tracks/${HERS}`)).toMatch(
      /Source: your own file, 7 June 2026\. (?!The rest)/,
    );
  });

  it('is told of line by line where it is bad, and its good lines are kept', async () => {
    const words = await loadAndRead(
      test.alice,
      `track_id,energy,mood\n${OLD},0.9,x\n${HERS},9,x\n<b>no</b>,0.5,x\n${OLD},0.8,x\n`,
    );
    expect(words).toContain('Imported features for 1 track; in your archive: 1. Unreadable: 2 lines.');
    expect(words).toContain('Line 3: energy is “9”, not a number from 0 to 1.');
    expect(words).toContain('Line 4: track_id is “&lt;b&gt;no&lt;/b&gt;”');
    expect(words).toContain('had one already: 1. The later line wins. Ignored columns: mood.');
    expect(await energyOf(test.aliceId, OLD)).toBe(0.8);
    // Said once.
    expect(await wordsOf(test.alice)).not.toContain('Line 3');
    const many = await loadAndRead(test.alice, `track_id,energy\n${`${OLD},9\n`.repeat(30)}`);
    expect(many).toContain('Nothing was imported: no line');
    expect(many).toContain('Line 21: ');
    expect(many).toContain('10 more bad lines.');
    expect(await energyOf(test.aliceId, OLD)).toBe(0.8);
  });

  it('is taken back with one click, and what the catalogue knows counts again', async () => {
    await loadAndRead(test.alice, `track_id,energy\n${OLD},0.9\n${HERS},0.9`);
    await loadAndRead(test.bob, `track_id,energy\n${OLD},0.4`);
    await submit(test.alice, `${PAGE}/remove`);
    expect(await wordsOf(test.alice)).toContain('Removed your features for 2 tracks.');
    expect([
      await energyOf(test.aliceId, OLD),
      await energyOf(test.aliceId, HERS),
      await energyOf(test.bobId, OLD),
    ]).toEqual([0.1, null, 0.4]);
    expect(await ownRows()).toEqual([{ user_id: test.bobId, track_id: OLD }]);
    await submit(test.alice, `${PAGE}/remove`);
    expect(await wordsOf(test.alice)).toContain('no imported features to remove');
  });

  it('can be made of what is known, which changes nothing when it is loaded', async () => {
    const before = await test.db.many(
      'SELECT track_id, energy, valence, loudness FROM library_tracks WHERE user_id = $1 ORDER BY 1',
      [test.aliceId],
    );
    const known = await test.alice
      .get(`${PAGE}/known.csv`)
      .expect(200)
      .expect('Content-Type', /text\/csv/);
    expect(readCsv(known.text)[0]?.join(',')).toBe(
      'track_id,name,artists,energy,valence,danceability,acousticness,instrumentalness,speechiness,liveness,tempo,loudness,key,mode,time_signature',
    );
    expect(known.text).toContain(`${OLD},Track ${OLD},,0.1,0.2,,,,,,,-7.5,,,`);
    expect(known.text).toContain(`${HERS},'=SUM(1),`);
    const words = await loadAndRead(test.alice, known.text);
    expect(words).toContain('Imported features for 2 tracks');
    expect(words).toContain('Lines without any feature: 3. Ignored columns: name, artists.');
    expect(
      await test.db.many(
        'SELECT track_id, energy, valence, loudness FROM library_tracks WHERE user_id = $1 ORDER BY 1',
        [test.aliceId],
      ),
    ).toEqual(before);
  });

  it.each([
    ['no CSV', Buffer.from([0xff, 0xfe, 0x41, 0x00]), 'The file is not a CSV in UTF-8.'],
    ['without a header', `${OLD},0.5`, 'The first line must name the columns'],
    ['empty', '', 'The first line must name the columns'],
    ['over 5 MB', `track_id,energy\n${`${OLD},0.5\n`.repeat(200_000)}`, 'The file is larger than 5 MB.'],
  ])('%s is refused as a whole, where it was chosen', async (_, csv, words) => {
    expect(await loadAndRead(test.alice, csv)).toContain(`Nothing was imported. ${words}`);
    expect(await ownRows()).toEqual([]);
  });

  it('of ten thousand lines is loaded', { timeout: 60_000 }, async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `${String(n).padStart(22, '0')},0.5,120`);
    expect(await loadAndRead(test.alice, ['track_id,energy,tempo', ...lines].join('\n'))).toContain(
      'Imported features for 10,000 tracks; in your archive: 0.',
    );
    expect(await ownRows()).toHaveLength(10_000);
    await insertTrack(test.db, { trackId: '0'.repeat(22) });
    await insertSnapshot(test.db, test.aliceId, { date: '2026-02-01' }, ['0'.repeat(22)]);
    expect(await energyOf(test.aliceId, '0'.repeat(22))).toBe(0.5);
    await test.db.execute('DELETE FROM snapshots WHERE snapshot_date = $1', ['2026-02-01']);
    await test.db.execute('DELETE FROM library_tracks WHERE track_id = $1', ['0'.repeat(22)]);
  });
});

describe('a form that is not as it should be', () => {
  const csv = `track_id,energy\n${OLD},0.9`;
  it.each<[string, () => Promise<{ status: number }>]>([
    ['without a token', async () => test.alice.post(PAGE).attach('file', Buffer.from(csv), 'f.csv')],
    ['with a wrong one', async () => load(test.alice, csv, 'x'.repeat(64))],
    ['with another listener’s', async () => load(test.alice, csv, await csrfToken(test.bob))],
    [
      'with its token behind the file',
      async () =>
        test.alice
          .post(PAGE)
          .attach('file', Buffer.from(csv), 'f.csv')
          .field('_csrf', await csrfToken(test.alice)),
    ],
    [
      'from elsewhere',
      async () =>
        test.alice
          .post(PAGE)
          .set('Origin', 'https://evil.example')
          .field('_csrf', await csrfToken(test.alice))
          .attach('file', Buffer.from(csv), 'f.csv'),
    ],
  ])('%s is a 403 and loads nothing', async (_, send) => {
    expect((await send()).status).toBe(403);
    expect(await ownRows()).toEqual([]);
  });

  it('of nobody leads to sign-in, without a byte of it read', async () => {
    const answer = await nobody(test).post(PAGE).attach('file', Buffer.from(csv), 'f.csv');
    expect(answer.status).toBe(302);
  });

  it('without a file says what to do', async () => {
    await submit(test.alice, PAGE);
    expect(await wordsOf(test.alice)).toContain('Nothing was imported. Choose a CSV file first.');
    await test.alice
      .post(PAGE)
      .field('_csrf', await csrfToken(test.alice))
      .expect(303);
    expect(await wordsOf(test.alice)).toContain('Nothing was imported. Choose a CSV file first.');
  });

  it.each([
    ['without a boundary', 'multipart/form-data', 'x', 400],
    [
      'that breaks off',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
      400,
    ],
    ['of something else', 'multipart/form-data; boundary=b', 'what', 400],
  ])('%s is a 4xx, and the app goes on', async (_, type, body, least) => {
    const answer = await test.alice.post(PAGE).set('Content-Type', type).send(body);
    expect(answer.status).toBeGreaterThanOrEqual(least);
    expect(answer.status).toBeLessThan(500);
    await test.alice.get(PAGE).expect(200);
  });

  it('whose sender hangs up in the middle of the file loads nothing', async () => {
    const token = await csrfToken(test.alice);
    const request = http.request(test.baseUrl + PAGE, {
      method: 'POST',
      headers: {
        cookie: cookiesOf(test.alice),
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': 100_000,
      },
    });
    request.on('error', () => undefined);
    request.write(
      `--b\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--b\r\n` +
        `Content-Disposition: form-data; name="file"; filename="f.csv"\r\nContent-Type: text/csv\r\n\r\n${csv}\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    request.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await ownRows()).toEqual([]);
    await test.alice.get(PAGE).expect(200);
  });
});
