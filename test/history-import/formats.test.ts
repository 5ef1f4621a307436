import { describe, expect, it } from 'vitest';
import { readOne } from '../support/given-history.ts';
import { ALBUM, ARTIST, FORMAT_CASES, json, lines, TITLE, UTS } from '../support/history-formats.ts';

describe('a file is known by its content, and its row is a play', () => {
  it.each(FORMAT_CASES)('$what', async ({ format, content, play, others }) => {
    const { files, plays, fates, rows } = await readOne(content);
    expect(files).toEqual([
      { file: 'anything.txt', format, rows: 1 + others.length, faults: [], isOpened: true },
    ]);
    expect(plays).toEqual([expect.objectContaining(play)]);
    expect(fates.filter((fate) => fate !== 'play')).toEqual(others);
    expect(rows.map(({ where }) => where.row)).toEqual(rows.map((_, at) => at + 1));
  });

  it.each(FORMAT_CASES)('$what, saved by an editor of Windows', async ({ format, content, play }) => {
    const windows = `\uFEFF${String(content)
      .replace(/^\uFEFF/, '')
      .replaceAll('\n', '\r\n')}`;
    for (const bytes of [Buffer.from(windows), Buffer.from(windows, 'utf16le')]) {
      const { files, plays } = await readOne(bytes);
      expect([files[0]?.format, files[0]?.faults]).toEqual([format, []]);
      expect(plays).toEqual([expect.objectContaining(play)]);
    }
  });
});

it('a player that does not know its time zone is said to', async () => {
  const { files } = await readOne(
    `#AUDIOSCROBBLER/1.1\n#TZ/UNKNOWN\n${ARTIST}\t\t${TITLE}\t1\t9\tL\t${UTS}\t\n`,
  );
  expect(files[0]).toMatchObject({ format: 'rockbox', faults: [expect.stringContaining('time zone')] });
});

describe('something else than plays is named', () => {
  it.each([
    ['playlists', json({ playlists: [{ name: 'Rainy desk', items: [] }] }), /playlists/],
    [
      'a library',
      json({ tracks: [{ artist: ARTIST, album: ALBUM, track: TITLE }], albums: [], bannedTracks: [] }),
      /library/,
    ],
    ['a year in review', json({ topArtists: {}, yearlyMetrics: {} }), /summary of a year/],
    ['loves', lines({ recording_mbid: 'x', score: 1 }), /loved/],
    ['another list', json([{ colour: 'red' }]), /“colour”/],
    ['another object', json({ colour: { of: 'red' } }), /“colour”/],
    ['an empty list', '[]', /empty/],
    ['nothing', '', /empty/],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /image/],
    ['a PDF', '%PDF-1.7', /PDF/],
    ['an old archive', Buffer.from('SQLite format 3\0'), /SQLite/],
    ['prose', 'Dear diary,\ntoday I listened to nothing.\n', /text/],
    ['another table', 'name,colour\nx,red\n', /text/],
    ['a row that is no object', '[1, 2]', /text/],
  ])('%s', async (_what, content, words) => {
    const { files, rows } = await readOne(content, 'Streaming_History_Audio_2020.json');
    expect(rows).toEqual([]);
    expect(files).toEqual([
      expect.objectContaining({ format: null, rows: 0, faults: [expect.stringMatching(words)] }),
    ]);
  });
});
