import { expect, it } from 'vitest';
import { submit, useCast } from '../support/app.ts';
import { addToLibrary, insertNumberedTracks, spotifyIds, fieldOf } from '../support/playlists.ts';

const test = useCast();

it('holds ten thousand tracks, as many as a playlist at Spotify does', async () => {
  const many = spotifyIds(10_050, 10_000);
  await insertNumberedTracks(test.db, many, true);
  await addToLibrary(test.db, test.bobId, many);
  // As after any large change: what the planner knew of a library of one track says nothing about ten thousand.
  await test.db.execute('ANALYZE library_tracks');
  const address = 'from=explore&sort=-energy&take=10000&arrange=tempo&per_artist=';
  const page = (await test.bob.get(`/playlists/new?${address}&part=100`).expect(200)).text;
  expect(page.match(/class="title__main"/g)).toHaveLength(100);
  expect(page).toContain('Page 100 of 100');
  const kept = await submit(test.bob, '/playlists', {
    recipe: fieldOf(page, 'recipe'),
    build: fieldOf(page, 'build'),
    name: '字'.repeat(100),
  });
  const path = String(kept.headers.location);
  const playlist = await test.bob.get(`${path}?page=100`).expect(200);
  expect(playlist.text).toContain('10,000');
  expect(playlist.text).toContain('Page 100 of 100');
  const csv = (await test.bob.get(`${path}/tracks.csv`).expect(200)).text;
  expect(csv.split('\r\n')).toHaveLength(10_002);
  await test.bob.get(`/playlists/new?${address.replace('10000', '10001')}`).expect(400);
});
