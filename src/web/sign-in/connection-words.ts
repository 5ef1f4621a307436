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
      return words('Connected', 'Today’s lists and your plays are fetched by themselves.');
    case 'expiring':
      return expiring(health, timeZone);
    case 'needs-you':
      return needsYou(health);
    case 'not-allowed':
      return words(
        'Not on the app’s list',
        'Spotify no longer counts you among the people who may use this app. Its owner can add you under User Management in Spotify’s developer dashboard; it goes on by itself then.',
      );
    case 'premium-lapsed':
      return words(
        'Owner’s Premium lapsed',
        'Spotify has paused this app because its owner has no active Premium. It goes on by itself, some hours after Premium is renewed.',
      );
    case 'limited':
      return words(
        `Limited until ${untilWords(health, timeZone)}`,
        `${LIMITED_WORDS[health.held ?? 'lists and plays']} Nothing needs doing: it goes on by itself.`,
      );
    case 'paused':
      return words('Paused by you', 'Nothing is fetched from Spotify until you go on.');
    default:
      return health.state satisfies never;
  }
}

const LIMITED_WORDS = {
  lists: 'Spotify has asked this app to wait with lists. Plays are fetched as ever.',
  plays: 'Spotify has asked this app to wait with plays. Lists are fetched as ever.',
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
      ? `Your connection to Spotify ends ${end}. From then on nothing is kept, and what Spotify forgets is lost. Connecting again takes one click.`
      : `Spotify ends every connection after six months: yours ${end}. Connect again at any time before; nothing is lost.`,
    true,
  );
}

function needsYou({ missing }: ConnectionHealth): ConnectionWords {
  return missing.length > 0
    ? words(
        'Needs you',
        `You haven’t given permission for ${permissionWords(missing.join(' '))}. Connect again and agree to it.`,
        true,
      )
    : words(
        'Needs you',
        'Spotify no longer lets this server read your lists and plays. What is kept stays kept; connect again, and it goes on from there.',
        true,
      );
}

/** The time alone where it is less than a day away. */
function untilWords({ notBefore }: ConnectionHealth, timeZone: string): string {
  if (notBefore === null) return 'later';
  const soon = notBefore.getTime() - Date.now() < 86_400_000;
  return soon ? formatTime(notBefore, timeZone) : formatInstant(notBefore, timeZone);
}
