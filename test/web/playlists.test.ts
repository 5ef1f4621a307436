import { beforeAll, describe, expect, it } from 'vitest';
import { PLAYLIST_FORMATS } from '../../src/web/playlists/files.ts';
import { playlistPath } from '../../src/web/page/helpers.ts';
import { nobody, submit, useCast } from '../support/app.ts';
import { insertPlaylist, insertTrack } from '../support/factories.ts';
import {
  insertFilledPlaylist,
  insertNumberedTracks,
  addToLibrary,
  spotifyIds,
} from '../support/playlists.ts';
import { readCsv } from '../support/csv.ts';

const test = useCast();

const titles = (html: string): string[] =>
  [...html.matchAll(/class="title__main">([^<]+)</g)].map((title) => String(title[1]));

describe('the playlists', () => {
  it('are none at first, and the page says how one is made', async () => {
    const page = await test.bob.get('/playlists').expect(200);
    expect(page.text).toContain('You have no playlists yet');
    expect(page.text).toContain('href="/playlists/new"');
    await nobody(test).get('/playlists').expect(302);
  });

  it('are listed newest first, the old ones by their readable name, and only to their owner', async () => {
    await insertFilledPlaylist(test.db, test.aliceId, 'playlist_2020_december', spotifyIds(3));
    await test.db.execute(
      `UPDATE playlists SET name = 'December 2020' WHERE playlist_id = 'playlist_2020_december'`,
    );
    const page = (await test.alice.get('/playlists').expect(200)).text;
    expect(page).toContain('href="/playlists/playlist_2020_december"');
    expect(page).toContain('December 2020');
    expect(page).toContain('3 tracks · from the old archive');
    expect((await test.bob.get('/playlists')).text).not.toContain('December 2020');
  });

  it('are paged; a page that is no number is a 400, one past the end a 404', async () => {
    await test.db.execute(
      `INSERT INTO playlists (user_id, playlist_id, name, origin) SELECT $1, 'many-' || n, 'Many ' || n, 'built' FROM generate_series(1, 50) AS n`,
      [test.aliceId],
    );
    expect((await test.alice.get('/playlists?page=2').expect(200)).text).toContain('Page 2 of 2');
    for (const page of ['0', 'x', '1.5', '1&page=2'])
      await test.alice.get(`/playlists?page=${page}`).expect(400);
    await test.alice.get('/playlists?page=3').expect(404);
    await test.db.execute(`DELETE FROM playlists WHERE playlist_id LIKE 'many-%'`);
  });
});

describe('a playlist', () => {
  it('shows its tracks in order, how it sounds and what there is to do', async () => {
    const ids = spotifyIds(4, 100);
    await insertNumberedTracks(test.db, ids, true);
    await addToLibrary(test.db, test.aliceId, ids);
    await insertPlaylist(test.db, test.aliceId, { playlistId: 'sound' }, ids.toReversed());
    const page = (await test.alice.get('/playlists/sound').expect(200)).text;
    expect(titles(page)).toEqual(['Track 4', 'Track 3', 'Track 2', 'Track 1']);
    expect(page).toContain('4 of 4 tracks have audio features');
    expect(page).toContain('Send to Spotify');
    expect(page).toContain('12:00');
    const json = await test.alice.get('/api/playlists/sound/energy-course').expect(200);
    expect(json.body).toEqual({ labels: ['1', '2', '3', '4'], data: [0.04, 0.03, 0.02, 0.01] });
    const profile = await test.alice.get('/api/playlists/sound/audio-profile').expect(200);
    expect(profile.body).toMatchObject({ labels: ['Energy', 'Valence', 'Danceability'] });
  });

  it('without any track, and without any feature, reads well', async () => {
    await insertPlaylist(test.db, test.aliceId, { playlistId: 'empty' }, []);
    const page = (await test.alice.get('/playlists/empty').expect(200)).text;
    expect(page).toContain('This playlist has no tracks');
    expect(page).not.toContain('tracks.csv');
    await insertFilledPlaylist(test.db, test.aliceId, 'silent', spotifyIds(2));
    expect((await test.alice.get('/playlists/silent').expect(200)).text).toContain(
      '0 of 2 tracks have audio features',
    );
  });

  // (One of ten thousand: test/playlists/sources.test.ts.)
  it('of many tracks is paged', async () => {
    await insertFilledPlaylist(test.db, test.aliceId, 'long', spotifyIds(300, 1_000));
    const page = await test.alice.get('/playlists/long?page=3').expect(200);
    expect(page.text).toContain('Page 3 of 3');
    expect(titles(page.text)).toHaveLength(100);
    await test.alice.get('/playlists/long?page=4').expect(404);
    const csv = (await test.alice.get('/playlists/long/tracks.csv').expect(200)).text;
    expect(csv.split('\r\n')).toHaveLength(302);
  });

  it.each(['new', 'NEW', 'a/b', '..', '.', '~x', ' ', '字', '%', '?#', '\u2028', 'x'.repeat(900), ''])(
    'with the odd id %j of an old archive has an address',
    async (playlistId) => {
      await insertPlaylist(test.db, test.aliceId, { playlistId, name: `Odd ${playlistId.length}` }, []);
      expect(playlistPath(playlistId)).toMatch(/^\/playlists\/~[\w-]*$/);
      expect((await test.alice.get(playlistPath(playlistId)).expect(200)).text).toContain(
        `Odd ${playlistId.length}`,
      );
      await test.bob.get(playlistPath(playlistId)).expect(404);
    },
  );

  it('is another name’s after renaming, as often as wanted; what does not fit is said', async () => {
    await insertFilledPlaylist(test.db, test.aliceId, 'renamed', spotifyIds(1));
    const name = 'أغاني \u202Eevil 字 👩‍👩‍👧 <b>"';
    const rename = (fields: Record<string, string>) =>
      submit(test.alice, '/playlists/renamed/rename', fields);
    expect((await rename({ name, description: 'two\nlines' })).status).toBe(303);
    expect(
      await test.db.one(`SELECT name, description FROM playlists WHERE playlist_id = 'renamed'`),
    ).toEqual({
      name,
      description: 'two lines',
    });
    const page = (await test.alice.get('/playlists/renamed').expect(200)).text;
    expect(page).toContain('&lt;b&gt;');
    expect(page).not.toContain('<b>"');
    for (const [fields, said] of [
      [{ name: 'x'.repeat(10_000) }, 'can have at most 100 characters; yours has 10,000'],
      [{ name: '字'.repeat(10_000) }, 'can have at most 100 characters; yours has 10,000'],
      [{ name: ' \n\0 ' }, 'must not be empty'],
      [{ name: 'ok', description: 'x'.repeat(301) }, 'can have at most 300 characters'],
    ] as const) {
      const answer = await rename(fields);
      expect([answer.status, answer.text.includes(said)]).toEqual([400, true]);
    }
    expect((await submit(test.bob, '/playlists/renamed/rename', { name: 'mine' })).status).toBe(404);
  });

  it('is deleted here after a question, with its tracks left in the archive', async () => {
    await insertFilledPlaylist(test.db, test.aliceId, 'doomed', spotifyIds(2));
    await test.alice.get('/dashboard').expect(200);
    const question = (await test.alice.get('/playlists/doomed/delete').expect(200)).text;
    expect(question).toContain('the playlist comes back');
    expect((await submit(test.bob, '/playlists/doomed/delete')).status).toBe(404);
    const answer = await submit(test.alice, '/playlists/doomed/delete');
    expect([answer.status, answer.headers.location]).toEqual([303, '/playlists']);
    await test.alice.get('/playlists/doomed').expect(404);
    expect((await submit(test.alice, '/playlists/doomed/delete')).status).toBe(404);
    expect(
      await test.db.many('SELECT FROM library_tracks WHERE user_id = $1 AND track_id = ANY ($2)', [
        test.aliceId,
        spotifyIds(2),
      ]),
    ).toHaveLength(2);
  });
});

describe('a playlist to take away', () => {
  const nasty = '=1+1\n"x", <b> \u202E字';

  beforeAll(async () => {
    const [id = ''] = spotifyIds(1, 50);
    await insertTrack(test.db, {
      trackId: id,
      name: nasty,
      artistName: '@A',
      albumName: '-B',
      releaseDate: '2001-02-03',
    });
    await insertTrack(test.db, { trackId: 'spotify:local:a:b:c:1', name: 'Mine' });
    await insertTrack(test.db, { trackId: '#\nno id', name: null });
    await insertPlaylist(test.db, test.aliceId, { playlistId: 'away', name: 'A/B: "C"\n字' }, [
      id,
      'spotify:local:a:b:c:1',
      '#\nno id',
    ]);
  });

  it('as CSV, with no formula in it', async () => {
    const answer = await test.alice.get('/playlists/away/tracks.csv').expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="A B C \?\.csv"; filename\*=UTF-8''/,
    );
    const [head, first] = readCsv(answer.text);
    expect(head?.join(',')).toBe('position,track_id,name,artists,album,release_date,duration_ms,spotify_url');
    expect(first?.slice(2, 7)).toEqual([`'=1+1\n"x", <b> \u202E字`, "'@A", "'-B", '2001-02-03', '']);
    expect(first?.[7]).toContain('https://open.spotify.com/track/');
  });

  it('as M3U, one line for each thing', async () => {
    const answer = await test.alice
      .get('/playlists/away/tracks.m3u8')
      .buffer(true)
      .parse((res, done) => {
        let text = '';
        res.setEncoding('utf8').on('data', (part: string) => void (text += part));
        res.on('end', () => done(null, text));
      });
    expect(String(answer.body).split('\n')).toEqual([
      '#EXTM3U',
      '#PLAYLIST:A/B: "C" 字',
      '#EXTINF:-1,@A - =1+1 "x", <b> \u202E字',
      `https://open.spotify.com/track/${spotifyIds(1, 50)[0]}`,
      '#EXTINF:-1,Unknown artist - Mine',
      'spotify:local:a:b:c:1',
      '#EXTINF:-1,Unknown artist - Untitled',
      '# no address is known for this track',
      '',
    ]);
  });

  it('as JSPF, which is JSON', async () => {
    const answer = await test.alice.get('/playlists/away/tracks.jspf').expect(200);
    const { playlist } = JSON.parse(answer.text ?? String(answer.body)) as {
      playlist: { title: string; date: string; track: Record<string, unknown>[] };
    };
    expect(playlist).toMatchObject({ title: 'A/B: "C"\n字', date: '2024-05-01T00:00:00.000Z' });
    expect(playlist.track).toHaveLength(3);
    expect(playlist.track[0]).toMatchObject({
      title: nasty,
      creator: '@A',
      album: '-B',
      identifier: [`spotify:track:${spotifyIds(1, 50)[0]}`],
    });
    await insertPlaylist(test.db, test.aliceId, { playlistId: 'nothing' }, []);
    const nothing = await test.alice.get('/playlists/nothing/tracks.jspf').expect(200);
    expect(JSON.parse(nothing.text ?? '')).toMatchObject({ playlist: { track: [] } });
  });

  it('is its owner’s alone', async () => {
    for (const extension of Object.keys(PLAYLIST_FORMATS)) {
      const answer = await test.bob.get(`/playlists/away/tracks.${extension}`).expect(404);
      expect(answer.headers['content-disposition']).toBeUndefined();
      await nobody(test).get(`/playlists/away/tracks.${extension}`).expect(302);
    }
  });
});
