import type { StandInPlay } from '../spotify-stand-in/server.ts';

const SIX_HOURS_MS = 6 * 3_600_000;
const PLAYLIST = '37i9dQZF1DXdemoplaylist';

/**
 * The plays with the oddities of Spotify's answers: a repetition, a playlist, a track blocked in the market, an
 * episode.
 */
export function withOddities(plays: readonly StandInPlay[], now: Date): StandInPlay[] {
  const at = new Date(Math.floor(now.getTime() / SIX_HOURS_MS) * SIX_HOURS_MS).toISOString();
  const [last, before] = [plays.at(-1), plays.at(-2)];
  return [
    ...plays.slice(0, -2),
    ...(before ? [{ ...before, context: { type: 'playlist', uri: `spotify:playlist:${PLAYLIST}` } }] : []),
    ...(last ? [last, { ...last, track: { ...last.track, restrictions: { reason: 'market' } } }] : []),
    { track: EPISODE, played_at: at, context: null },
  ];
}

const EPISODE = {
  id: '5demoEpisodeOfAPodcast',
  name: 'On keeping records',
  type: 'episode',
  uri: 'spotify:episode:5demoEpisodeOfAPodcast',
  duration_ms: 1_800_000,
};
