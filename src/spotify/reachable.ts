import type { SpotifySettings } from './settings.ts';

export async function isSpotifyReachable({ apiUrl }: Pick<SpotifySettings, 'apiUrl'>): Promise<boolean> {
  try {
    const response = await fetch(apiUrl, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
