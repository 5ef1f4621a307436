import type { Db } from '../../db.ts';
import { findSending, listLeftOut, type Sending, type SendingProblem } from '../../playlists/sendings.ts';
import type { Playlist } from '../../playlists/playlists.ts';
import { findConnection, type Connection } from '../../users/connections.ts';
import { formatInstant, formatNumber, plural } from '../page/format.ts';

/** What happened, and that nothing is lost. */
const PROBLEM_WORDS: Readonly<Record<SendingProblem, string>> = {
  unreachable: 'Spotify could not be reached, or did not answer in time.',
  unreadable: 'Spotify sent an answer that could not be read.',
  'rate-limited': 'Spotify has asked this app to wait.',
  'invalid-grant': 'Your connection to Spotify has ended.',
  'needs-reconnect': 'Your connection to Spotify has ended.',
  unauthorized: 'Spotify no longer accepts this connection.',
  'not-allowed': 'Your Spotify account is not on the list of people who may use this app.',
  'premium-lapsed': 'Spotify has paused this app because its owner has no active Premium subscription.',
  'scope-missing': 'You haven’t given this app permission to make playlists.',
  'scope-denied':
    'Spotify says a permission is missing, although you gave it. This usually goes away after a while.',
  refused: 'Spotify refused the request.',
  'changed-there':
    'The playlist was changed on Spotify while tracks were being added. Adding more could repeat tracks or mix up the order.',
  'gone-there': 'Spotify no longer has the playlist.',
  failed: 'Something failed on this server. Its log has the details.',
};

export const SENDING_PROBLEMS = Object.keys(PROBLEM_WORDS) as [SendingProblem, ...SendingProblem[]];

const NEEDS_CONSENT = new Set<SendingProblem>([
  'invalid-grant',
  'needs-reconnect',
  'unauthorized',
  'scope-missing',
]);
const NEEDS_ANOTHER = new Set<SendingProblem>(['changed-there', 'gone-there']);

const REASON_WORDS = {
  'local-file': 'a local file, which Spotify doesn’t have',
  'no-spotify-id': 'no Spotify id is known',
  'not-taken': 'Spotify refused it; it probably no longer has it',
} as const;

/** "On Spotify: 120 of 250 tracks." */
export function progressWords({ confirmed, total }: Pick<Sending, 'confirmed' | 'total'>): string {
  return `On Spotify: ${formatNumber(confirmed)} of ${plural(total, 'track')}.`;
}

const SOON_MS = 600_000;

/** For an open page: it is being sent, or will be within minutes. */
export const isWorthWatching = ({ state, again_at: again }: Sending): boolean =>
  state === 'sending' || (again !== null && again.getTime() < Date.now() + SOON_MS);

/** The page reloads when this changes. */
export const shownState = ({ state, not_before: notBefore }: Sending): string =>
  notBefore === null ? state : `${state}, waiting`;

export async function readSendingView(db: Db, user: Express.User, playlist: Playlist) {
  const [sending, connection] = await Promise.all([
    findSending(db, user.user_id, playlist.playlist_id),
    findConnection(db, user.user_id),
  ]);
  const leftOut =
    sending && sending.left_out > 0 ? await listLeftOut(db, user.user_id, playlist.playlist_id) : [];
  const problem = sending?.problem ?? null;
  const needsConsent = problem !== null && NEEDS_CONSENT.has(problem);
  const isMended = needsConsent && isMendedBy(connection, sending?.stopped_at ?? null);
  return {
    sending,
    isMoving: sending?.state === 'sending',
    isWatched: sending !== null && isWorthWatching(sending),
    progress: sending ? progressWords(sending) : '',
    problem: problem === null ? '' : PROBLEM_WORDS[problem],
    waitUntil: sending?.not_before ? waitWords(sending.not_before, user.timezone) : '',
    shownState: sending && shownState(sending),
    goesOnAtOnce: sending?.again_at?.getTime() === sending?.not_before?.getTime(),
    again: sending?.again_at ? againWords(sending.again_at, user.timezone) : '',
    needsAnother: problem !== null && NEEDS_ANOTHER.has(problem),
    isMended,
    needsConsent: !mayMakePlaylists(connection) || (needsConsent && !isMended),
    leftOut: leftOut.map((track) => ({ ...track, words: REASON_WORDS[track.reason] })),
    spotifyUrl:
      playlist.spotify_playlist_id && `https://open.spotify.com/playlist/${playlist.spotify_playlist_id}`,
  };
}

/** By a connection made since then, with the necessary rights. */
const isMendedBy = (connection: Connection | null, stoppedAt: Date | null): boolean =>
  mayMakePlaylists(connection) &&
  stoppedAt !== null &&
  connection !== null &&
  connection.authorized_at > stoppedAt;

const mayMakePlaylists = (connection: Connection | null): boolean =>
  connection?.connected === true && connection.scope.split(/\s+/).includes('playlist-modify-private');

function waitWords(until: Date, timezone: string): string {
  const seconds = Math.ceil((until.getTime() - Date.now()) / 1000);
  return seconds < 90
    ? `in ${plural(Math.max(seconds, 1), 'second')}`
    : `from ${formatInstant(until, timezone)}`;
}

const againWords = (when: Date, timezone: string): string =>
  when.getTime() < Date.now() + 60_000 ? 'within a minute' : `after ${formatInstant(when, timezone)}`;
