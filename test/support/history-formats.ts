import { extendedList, TRACK_ID } from './given-history.ts';

const START = Date.UTC(2026, 0, 7, 21, 11);
export const UTS = START / 1000;
const LENGTH = 203;
export const [ARTIST, ALBUM, TITLE] = ['The Paper Harbour', 'Low Tide Almanac', 'Lantern Weather'];
const NAMES = { artistName: ARTIST, trackName: TITLE, albumName: ALBUM };
const FROM_START = { startedAt: START, endedAt: START, isEndKnown: false, msPlayed: null, ...NAMES };
const WITH_LENGTH = {
  ...FROM_START,
  endedAt: START + LENGTH * 1000,
  isEndKnown: true,
  lengthMs: LENGTH * 1000,
};

export const json = (value: unknown): string => JSON.stringify(value, null, 2);
export const lines = (...values: unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join('\n');

const LISTEN = {
  inserted_at: UTS + 739.12,
  listened_at: UTS,
  user_name: 'example',
  track_metadata: {
    track_name: TITLE,
    artist_name: ARTIST,
    release_name: ALBUM,
    mbid_mapping: null,
    additional_info: {
      duration_ms: LENGTH * 1000,
      spotify_id: `https://open.spotify.com/track/${TRACK_ID}`,
      isrc: 'SEABC2600001',
    },
  },
};
const SCROBBLE = {
  artist: { mbid: '', '#text': ARTIST },
  album: { mbid: '', '#text': ALBUM },
  name: TITLE,
  date: { uts: String(UTS), '#text': '07 Jan 2026, 21:11' },
};
const STILL_PLAYING = {
  artist: { '#text': ARTIST },
  album: { '#text': '' },
  name: 'Ferry Lights',
  '@attr': { nowplaying: 'true' },
};
const alias = (name: string): unknown => [
  { alias: `${name}!`, is_primary: false },
  { alias: name, is_primary: true },
];

/** What it is, the file, what its one play says, and what became of its other rows. */
type Case = readonly [string, string, string | Buffer, object, (readonly string[])?];
const CASES: readonly Case[] = [
  [
    'extended history',
    'spotify extended',
    extendedList({}),
    {
      trackId: TRACK_ID,
      ...NAMES,
      endedAt: Date.UTC(2025, 2, 2, 19, 4, 11),
      precision: 'second',
      msPlayed: 201_340,
      incognito: false,
    },
  ],
  [
    'extended history until 2023, in one line',
    'spotify extended',
    `[{"ts":"2016-08-09T05:12:40Z","username":"x","platform":"OS X","ms_played":187000,"ip_addr_decrypted":"198.51.100.4","user_agent_decrypted":"unknown","master_metadata_track_name":"Ferry Lights","master_metadata_album_artist_name":"${ARTIST}","spotify_track_uri":"spotify:track:${TRACK_ID}","reason_end":null,"skipped":null}]`,
    { trackId: TRACK_ID, reasonEnd: null, skipped: null },
  ],
  [
    'extended history of the oldest description',
    'spotify extended',
    extendedList({ ts: '2016-08-09 05:12:40' }),
    { endedAt: Date.UTC(2016, 7, 9, 5, 12, 40) },
  ],
  [
    'account data',
    'spotify account',
    `[\n  {\n    "endTime" : "2026-01-07 21:15",\n    "artistName" : "${ARTIST}",\n    "trackName" : "${TITLE}",\n    "msPlayed" : 201340\n  }\n]`,
    {
      endedAt: Date.UTC(2026, 0, 7, 21, 15),
      precision: 'minute',
      msPlayed: 201_340,
      trackId: null,
      trackName: TITLE,
    },
  ],
  [
    'ListenBrainz by the line',
    'listenbrainz',
    lines(LISTEN, { ...LISTEN, track_metadata: {} }),
    { ...WITH_LENGTH, trackId: TRACK_ID, isrc: 'SEABC2600001' },
    ['no track'],
  ],
  ['ListenBrainz as a list', 'listenbrainz', json([LISTEN]), { ...WITH_LENGTH, trackId: TRACK_ID }],
  [
    'ghan CSV',
    'lastfm',
    `uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"${UTS}","07 Jan 2026, 21:11","${ARTIST}","","${ALBUM}","","${TITLE}",""\n`,
    { ...FROM_START, precision: 'second' },
  ],
  [
    'ghan JSON',
    'lastfm',
    json([{ track: [STILL_PLAYING, SCROBBLE], '@attr': { page: '1' } }, { track: [STILL_PLAYING] }]),
    FROM_START,
    ['not a play', 'not a play'],
  ],
  [
    'lastfm-to-csv',
    'lastfm',
    `${ARTIST},${ALBUM},${TITLE},07 Jan 2026 21:11\n${ARTIST},,Ferry Lights,\n`,
    { ...FROM_START, precision: 'minute' },
    ['not a play'],
  ],
  [
    'lastfm-to-csv with a comma in the date',
    'lastfm',
    `${ARTIST},${ALBUM},${TITLE},"07 Jan 2026, 21:11"\n`,
    FROM_START,
  ],
  [
    'lastfm-to-csv with that comma unquoted',
    'lastfm',
    `${ARTIST},${ALBUM},${TITLE},07 Jan 2026, 21:11\n`,
    FROM_START,
  ],
  [
    'lastfmstats CSV',
    'lastfm',
    `\uFEFFArtist;Album;AlbumId;Track;Date#example\n${ARTIST};${ALBUM};;${TITLE};${START}\n`,
    { ...FROM_START, precision: 'second' },
  ],
  [
    'lastfmstats JSON',
    'lastfm',
    json({
      username: 'example',
      scrobbles: [{ track: TITLE, artist: ARTIST, album: ALBUM, albumId: '', date: START }],
    }),
    FROM_START,
  ],
  [
    'Maloja',
    'maloja',
    json({
      maloja: { export_time: UTS },
      scrobbles: [
        {
          time: UTS,
          track: {
            artists: [ARTIST, 'A Guest'],
            title: TITLE,
            album: { artists: null, albumtitle: ALBUM },
            length: LENGTH,
          },
          duration: 60,
          origin: 'client:Phone',
        },
      ],
    }),
    {
      ...WITH_LENGTH,
      artistName: `${ARTIST}, A Guest`,
      msPlayed: 60_000,
      endedAt: START + 60_000,
      albumArtistName: null,
    },
  ],
  [
    'Koito',
    'koito',
    json({
      version: '1',
      exported_at: '2026-01-08T19:20:00Z',
      user: 'example',
      listens: [
        {
          listened_at: '2026-01-07T21:11:00Z',
          client: '',
          track: { mbid: null, duration: LENGTH, aliases: alias(TITLE) },
          album: { aliases: alias(ALBUM) },
          artists: [{ is_primary: false, aliases: alias(ARTIST) }],
        },
      ],
    }),
    WITH_LENGTH,
  ],
  [
    'Pano Scrobbler',
    'pano scrobbler',
    lines(
      {
        timeHuman: '',
        timeMs: START + 7,
        artist: ARTIST,
        track: TITLE,
        album: ALBUM,
        albumArtist: ARTIST,
        durationMs: LENGTH * 1000,
        event: 'scrobble',
      },
      { timeMs: START, artist: ARTIST, track: TITLE, event: 'love' },
    ),
    { startedAt: START + 7, precision: 'ms', endedAt: START + 7 + LENGTH * 1000 },
    ['not a play'],
  ],
  [
    'Libre.fm',
    'libre.fm',
    `# made by example\n+AAA-\nTIME,Artist,Album,Track\n${UTS},${ARTIST},${ALBUM},"${TITLE}"\n`,
    FROM_START,
  ],
  [
    'Rockbox',
    'rockbox',
    `#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Example 1.0\n${ARTIST}\t${ALBUM}\t${TITLE}\t3\t${LENGTH}\tL\t${UTS}\t\n${ARTIST}\t\t12" Version\t\t9\tS\t${UTS}\t\n`,
    WITH_LENGTH,
    ['not a play'],
  ],
  [
    'your_spotify',
    'your_spotify',
    lines({
      _id: { $oid: '01' },
      owner: { $oid: '02' },
      id: TRACK_ID,
      primaryArtistId: 'x',
      durationMs: LENGTH * 1000,
      played_at: { $date: '2026-01-07T21:15:02.113Z' },
    }),
    {
      endedAt: Date.UTC(2026, 0, 7, 21, 15, 2, 113),
      precision: 'ms',
      trackId: TRACK_ID,
      lengthMs: LENGTH * 1000,
      trackName: null,
    },
  ],
];

export const FORMAT_CASES = CASES.map(([what, format, content, play, others = []]) => ({
  what,
  format,
  content,
  play,
  others,
}));
