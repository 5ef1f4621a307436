import type { SpotifySettings } from './settings.ts';

/** Whether anything answers at Spotify's address within five seconds. No token is sent. */
export async function isSpotifyReachable({ apiUrl }: Pick<SpotifySettings, 'apiUrl'>): Promise<boolean> {
  try {
    const response = await fetch(apiUrl, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
