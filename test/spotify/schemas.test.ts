import { describe, expect, test } from 'vitest';
import { inventLocalTrack, inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { profileShape, readPlay, readTrack } from '../../src/spotify/schemas.ts';

const song = inventTrack(7);

describe('a track', () => {
  test('is read with all Spotify says of it, and kept whole', () => {
    const payload = { ...song, popularity: 61, something_new: { deep: [1, null] } };
    expect(readTrack(payload)).toEqual({
      trackId: song.id,
      isLocal: false,
      name: song.name,
      artists: song.artists.map(({ id, name }) => ({ artistId: id, name })),
      albumId: song.album.id,
      albumName: song.album.name,
      releaseDate: expect.stringMatching(`^${song.album.release_date}`) as string,
      releaseDatePrecision: song.album.release_date_precision,
      durationMs: song.duration_ms,
      explicit: song.explicit,
      popularity: 61,
      isrc: song.external_ids.isrc,
      spotifyUrl: `https://open.spotify.com/track/${song.id}`,
      payload,
    });
  });

  test('that is a local file goes by its uri', () => {
    const payload = inventLocalTrack(0);
    expect(readTrack(payload)).toMatchObject({
      trackId: payload['uri'],
      isLocal: true,
      artists: [{ artistId: null, name: 'Cousin Ruth' }],
      spotifyUrl: null,
    });
  });

  const ODD = [
    undefined,
    null,
    '',
    'x',
    'x'.repeat(70_000),
    '\u0000\u202e👩‍👩‍👧',
    7,
    -1,
    1e99,
    true,
    [],
    [null],
    {},
    { id: 7 },
  ];
  const optional = Object.keys(song).filter((field) => !['id', 'name', 'type'].includes(field));

  test.each(optional)('is read whatever its %s is', (field) => {
    for (const value of ODD) {
      const track = readTrack({ ...song, [field]: value });
      expect(track).toMatchObject({ trackId: song.id, name: song.name });
    }
  });

  const albumFields = ['id', 'name', 'release_date', 'release_date_precision', 'images', 'artists'];
  test.each(albumFields)("is read whatever its album's %s is", (field) => {
    for (const value of ODD) {
      const album = { ...(song['album'] as object), [field]: value };
      expect(readTrack({ ...song, album })).toMatchObject({ trackId: song.id });
    }
  });

  test('knows nothing of a field of the wrong type', () => {
    const track = readTrack({
      ...song,
      album: 'x',
      artists: 'x',
      duration_ms: '9',
      popularity: 900,
      explicit: 1,
    });
    expect(track).toMatchObject({ albumName: null, releaseDate: null, artists: [], durationMs: null });
    expect(track).toMatchObject({ popularity: null, explicit: null });
  });

  test.each(['javascript:alert(1)', 'http://open.spotify.com/x', 'x', '//evil'])(
    'has no link where it is %j',
    (spotify) => {
      expect(readTrack({ ...song, external_urls: { spotify } })?.spotifyUrl).toBeNull();
    },
  );

  test.each([undefined, null, '', ' ', 7])('is one without a name where that is %j', (name) => {
    expect(readTrack({ ...song, name })).toMatchObject({ trackId: song.id, name: null });
  });

  test.each([undefined, null, '', 7])('is known by its uri where its id is %j', (id) => {
    const track = readTrack({ ...song, id, uri: `spotify:track:${song.id}` });
    expect(track).toMatchObject({ trackId: song.id, isLocal: false });
  });

  test.each([
    ['null', null],
    ['text', 'x'],
    ['a list', [song]],
    ['an episode', { ...song, type: 'episode' }],
    ['an id alone', { id: song.id }],
    ['a track without id or uri', { ...song, id: null, uri: null }],
    ['a track with an empty id and none in its uri', { ...song, id: '', uri: 'spotify:track:' }],
    ['a track with a number for an id and the uri of an album', { ...song, id: 7, uri: 'spotify:album:x' }],
    [
      'a track nested too deep to be written again',
      { ...song, deep: JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)) as unknown },
    ],
    ['a track of more than 256 KB', { ...song, filler: 'x'.repeat(262_144) }],
  ])('is not %s', (_, received) => {
    expect(readTrack(received)).toBeNull();
  });
});

describe('a play', () => {
  const item = {
    track: song,
    played_at: '2026-02-25T20:15:20.497Z',
    context: { type: 'album', uri: 'spotify:album:x' },
  };

  test('is read with when, what and from where', () => {
    expect(readPlay(item)).toMatchObject({
      playedAt: '2026-02-25T20:15:20.497Z',
      track: { trackId: song.id },
      context: { type: 'album' },
      payload: item,
    });
  });

  test.each([undefined, null, 'x', 7])('is read with %j for a context', (context) => {
    expect(readPlay({ ...item, context })?.context).toBeNull();
  });

  test.each([
    ['without a track', { ...item, track: null }],
    ['of an episode', { ...item, track: { ...song, type: 'episode' } }],
    ['without an instant', { ...item, played_at: null }],
    ['at no instant', { ...item, played_at: 'yesterday' }],
    ['that is null', null],
  ])('is none %s', (_, received) => {
    expect(readPlay(received)).toBeNull();
  });
});

describe('a profile', () => {
  test.each([
    [
      { id: 'ann', account_id: 'A' },
      { id: 'ann', account_id: 'A' },
    ],
    [{ id: 'ann' }, { id: 'ann', account_id: null }],
    [
      { id: null, account_id: 'A', uri: 'spotify:user:ann' },
      { id: 'ann', account_id: 'A' },
    ],
    [{ account_id: 'A' }, { id: 'account:A', account_id: 'A' }],
  ])('of %j is somebody', (received, read) => {
    expect(profileShape.parse(received)).toMatchObject({ ...read, display_name: null });
  });

  test.each([{}, { id: '' }, { id: 7, account_id: null }, { uri: 'spotify:track:x' }])(
    'of %j is nobody',
    (received) => {
      expect(profileShape.safeParse(received).success).toBe(false);
    },
  );
});
