import type { ConnectionHealth } from '../../users/connection-health.ts';
import { formatDate, formatInstant, formatTime, permissionWords, plural } from '../page/format.ts';

export interface ConnectionWords {
  readonly label: string;
  /** What it means, and what to do if there is something to do. */
  readonly text: string;
  /** Whether to offer to connect again. */
  readonly reconnect: boolean;
}

export function connectionWords(health: ConnectionHealth, timeZone: string): ConnectionWords {
  switch (health.state) {
    case 'connected':
      return words('Connected', 'Your lists and plays are fetched automatically.');
    case 'expiring':
      return expiring(health, timeZone);
    case 'needs-you':
      return needsYou(health);
    case 'not-allowed':
      return words(
        'Not on the app’s list',
        'Spotify no longer lists you among the people who may use this app. Its owner can add you under User Management in Spotify’s developer dashboard. Fetching then resumes automatically.',
      );
    case 'premium-lapsed':
      return words(
        'Owner’s Premium lapsed',
        'Spotify has paused this app because its owner has no active Premium. Fetching resumes automatically, some hours after Premium is renewed.',
      );
    case 'limited':
      return words(
        `Limited until ${untilWords(health, timeZone)}`,
        `${LIMITED_WORDS[health.held ?? 'lists and plays']} You don’t need to do anything; it resumes automatically.`,
      );
    case 'paused':
      return words('Paused by you', 'Nothing is fetched from Spotify until you resume.');
    default:
      return health.state satisfies never;
  }
}

const LIMITED_WORDS = {
  lists: 'Spotify has asked this app to wait before it fetches lists. Plays are still fetched.',
  plays: 'Spotify has asked this app to wait before it fetches plays. Lists are still fetched.',
  'lists and plays': 'Spotify has asked this app to wait.',
} as const;

const words = (label: string, text: string, reconnect = false): ConnectionWords => ({
  label,
  text,
  reconnect,
});

function expiring({ expiresAt, daysLeft, urgent }: ConnectionHealth, timeZone: string): ConnectionWords {
  const end = expiresAt === null ? 'soon' : `on ${formatDate(expiresAt, timeZone)}`;
  const left = daysLeft === 0 ? 'less than a day' : plural(daysLeft ?? 0, 'day');
  return words(
    `Ends in ${left}`,
    urgent
      ? `Your connection to Spotify ends ${end}. After that nothing is saved, and what Spotify forgets is lost. Reconnecting takes one click.`
      : `Spotify ends every connection after six months. Yours ends ${end}. Reconnect any time before then; nothing is lost.`,
    true,
  );
}

function needsYou({ missing }: ConnectionHealth): ConnectionWords {
  return missing.length > 0
    ? words(
        'Action needed',
        `You haven’t given permission for ${permissionWords(missing.join(' '))}. Reconnect and agree to it.`,
        true,
      )
    : words(
        'Action needed',
        'Spotify no longer lets this server read your lists and plays. Your archive is safe. Reconnect to continue.',
        true,
      );
}

/** The time alone where it is less than a day away. */
function untilWords({ notBefore }: ConnectionHealth, timeZone: string): string {
  if (notBefore === null) return 'later';
  const soon = notBefore.getTime() - Date.now() < 86_400_000;
  return soon ? formatTime(notBefore, timeZone) : formatInstant(notBefore, timeZone);
}
