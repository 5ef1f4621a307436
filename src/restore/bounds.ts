import { FIRST_YEAR, isCalendarDate, LAST_YEAR } from '../calendar.ts';
import { TIME_RANGES } from '../spotify/top-tracks.ts';

/** As strict as for Spotify's answers or an old archive. */
export interface Bound {
  /** For messages: "a number from 0 to 1". */
  readonly words: string;
  readonly fits: (value: unknown, world: World) => boolean;
}

export interface World {
  readonly now: Date;
  readonly timeZones: ReadonlySet<string>;
  /** Exports of version 1 have days of any year: the move accepted those. */
  readonly firstYear: number;
}

const MOST_CHARACTERS = 1_000_000;
/** A row of a listening history is stored whole. */
const MOST_ROW_CHARACTERS = 50_000_000;
/** Another key shares its index entry. */
const MOST_KEY_BYTES = 2_400;
const MOST_INTEGER = 2 ** 31 - 1;
const A_DAY_MS = 86_400_000;

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && !value.includes('\0') && !/\p{Surrogate}/u.test(value);

const text = (most = MOST_CHARACTERS): Bound => ({
  words: `a text of ${most} characters at most`,
  fits: (value) => isText(value, most),
});
const key = (most = MOST_KEY_BYTES): Bound => ({
  words: `an id of 1 to ${most} bytes`,
  fits: (value) => isText(value, most) && value !== '' && Buffer.byteLength(value) <= most,
});
const oneOf = (...names: readonly string[]): Bound => ({
  words: `one of ${names.join(', ')}`,
  fits: (value) => typeof value === 'string' && names.includes(value),
});
const whole = (least: number, most = MOST_INTEGER): Bound => ({
  words: `a whole number from ${least} to ${most}`,
  fits: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
});
const truth: Bound = { words: 'true or false', fits: (value) => typeof value === 'boolean' };
const uuid: Bound = {
  words: 'a UUID',
  fits: (value) => typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
};
const object: Bound = { words: 'a JSON object', fits: (value) => isObject(value) };
const json: Bound = { words: 'JSON', fits: () => true };
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (bound: Bound, most: number): Bound => ({
  words: `a list of ${most} at most, each ${bound.words}`,
  fits: (value, world) =>
    Array.isArray(value) &&
    value.length <= most &&
    value.every((one) => one === null || bound.fits(one, world)),
});

const isYear = (written: string, first = FIRST_YEAR): boolean => {
  const year = Number(written.slice(0, 4));
  return (
    year >= first &&
    year <= LAST_YEAR &&
    isCalendarDate(written.slice(0, 10)) &&
    !Number.isNaN(Date.parse(written))
  );
};
const day: Bound = {
  words: `a day from ${FIRST_YEAR} to ${LAST_YEAR}, written as YYYY-MM-DD`,
  fits: (value, { firstYear }) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && isYear(value, firstYear),
};
const WRITTEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00$/;
const instant: Bound = {
  words: `an instant from ${FIRST_YEAR} to ${LAST_YEAR} in UTC`,
  fits: (value) => typeof value === 'string' && WRITTEN.test(value) && isYear(value),
};
const past: Bound = {
  words: `an instant from ${FIRST_YEAR} up to now`,
  fits: (value, world) =>
    instant.fits(value, world) && Date.parse(String(value)) <= world.now.getTime() + A_DAY_MS,
};
const timeZone: Bound = {
  words: 'a time zone that this database knows',
  fits: (value, { timeZones }) => typeof value === 'string' && timeZones.has(value),
};

const trackId = key();
const artistId = key(256);
const spotifyId = text(500);
const timeRange = oneOf(...TIME_RANGES);
const number = whole(1, Number.MAX_SAFE_INTEGER);
const precision = oneOf('year', 'month', 'day');
const TRACK = {
  name: text(),
  artist_name: text(),
  album_name: text(),
  duration_ms: whole(0),
  spotify_url: text(),
  raw_json: object,
  release_date: day,
  release_date_precision: precision,
  popularity: whole(0, 100),
};

const nth = whole(1);
const PLAY_OF_A_FILE = {
  track_id: trackId,
  ms_played: whole(0),
  reached_end: truth,
  skipped: truth,
  history_import_id: number,
  row_key: uuid,
  file_row: json,
};

/** For every column of an export; the database judges nulls. */
export const BOUNDS: Readonly<Record<string, Readonly<Record<string, Bound>>>> = {
  tracks: {
    ...TRACK,
    track_id: trackId,
    audio_features: object,
    audio_features_source: oneOf('archive', 'reccobeats'),
    audio_features_at: instant,
    created_at: instant,
    updated_at: instant,
  },
  artists: { artist_id: artistId, name: text(), raw_json: object, created_at: instant },
  track_artists: { track_id: trackId, artist_id: artistId, position: whole(1) },
  users: {
    spotify_id: spotifyId,
    spotify_account_id: spotifyId,
    display_name: text(1_000),
    timezone: timeZone,
    theme: oneOf('light', 'dark'),
    first_time_range: timeRange,
    counted_plays: oneOf('any', '30 seconds', 'finished'),
    created_at: instant,
    last_login_at: instant,
    paused_at: instant,
  },
  library_tracks: { track_id: trackId },
  snapshots: { snapshot_date: day, time_range: timeRange, track_id: trackId, rank: whole(1) },
  artist_snapshots: { snapshot_date: day, time_range: timeRange, artist_id: artistId, rank: whole(1) },
  playlists: {
    playlist_id: key(200),
    name: text(),
    description: text(),
    origin: oneOf('old-archive', 'built'),
    origin_details: json,
    build_key: text(1_000),
    spotify_playlist_id: spotifyId,
    created_at: instant,
  },
  playlist_tracks: {
    playlist_id: key(200),
    track_id: trackId,
    position: whole(-MOST_INTEGER),
    created_at: instant,
  },
  playlist_sendings: {
    playlist_id: key(200),
    state: oneOf('waiting', 'sending', 'stopped', 'sent'),
    is_public: truth,
    track_ids: listOf(text(MOST_KEY_BYTES), 11_000),
    left_out: { words: 'a JSON list', fits: (value) => Array.isArray(value) },
    spotify_playlist_id: spotifyId,
    creation_asked_at: instant,
    lost_creations: whole(0),
    handled: whole(0),
    furthest: whole(0),
    description_refused: truth,
    confirmed: whole(0),
    pending: whole(0),
    start_over: truth,
    problem: text(10_000),
    not_before: instant,
    failures: whole(0),
    stopped_at: instant,
    started_at: instant,
    finished_at: instant,
  },
  history_imports: {
    history_import_id: number,
    state: oneOf('done'),
    leaves_out_private: truth,
    files: json,
    counts: object,
    account: json,
    started_at: instant,
    read_at: instant,
    finished_at: instant,
  },
  history_import_rows: {
    history_import_id: number,
    row_id: whole(1),
    bucket: text(100),
    reason: text(1_000),
    file_number: whole(0),
    file_row: whole(0),
    original: text(MOST_ROW_CHARACTERS),
  },
  history_import_repeats: {
    history_import_id: number,
    file_number: whole(0),
    file_rows: text(MOST_ROW_CHARACTERS),
    row_keys: listOf(uuid, MOST_ROW_CHARACTERS),
  },
  history_import_tracks: { history_import_id: number, track_id: trackId },
  plays: {
    ...PLAY_OF_A_FILE,
    played_at: past,
    nth,
    source: key(100),
    context: json,
    raw_json: object,
  },
  paired_plays: {
    ...PLAY_OF_A_FILE,
    source: key(100),
    ended_at: past,
    own_track_id: trackId,
    played_at: past,
    nth,
  },
  play_gaps: {
    after_played_at: past,
    before_played_at: past,
    noticed_at: instant,
    history_import_id: number,
  },
  capture_runs: {
    run_id: number,
    kind: oneOf('tracks', 'artists'),
    snapshot_date: day,
    outcome: oneOf('kept', 'empty', 'failed', 'missed'),
    started_at: instant,
    finished_at: instant,
    time_ranges: listOf(timeRange, TIME_RANGES.length),
    places: whole(0),
    skipped: whole(0),
    deeper: truth,
    failure: text(10_000),
  },
  imports: {
    import_id: number,
    source_name: text(10_000),
    source_layout: oneOf('snapshots', 'playlists'),
    source_digest: text(1_000),
    started_at: instant,
    finished_at: instant,
    report: json,
  },
  hidden_tracks: { track_id: trackId, hidden_at: instant },
  hidden_artists: { artist_id: artistId, hidden_at: instant },
  own_audio_features: { track_id: trackId, audio_features: object, loaded_at: instant },
  file_tracks: {
    ...TRACK,
    track_id: trackId,
    artist_ids: listOf(artistId, 1_000),
  },
  file_artists: { artist_id: artistId, name: text(), raw_json: object },
  import_rejects: {
    import_id: number,
    reject_id: number,
    source_table: text(1_000),
    source_key: text(),
    source_column: text(1_000),
    reason: text(1_000),
    original: json,
    created_at: instant,
  },
};
