import { covers } from '../invented/payload.ts';
import { randomFor } from '../invented/random.ts';
interface Credit {
  readonly id?: unknown;
}

/**
 * Top artists by the top tracks: a track gives its artists 50 points at rank 1, 49 at rank 2 and so on. Whole artist
 * objects, best first; local files name artists without an id.
 */
export function artistsOf(tracks: readonly (object | null)[]): object[] {
  const ranking = new Map<unknown, { artist: object; points: number }>();
  for (const [place, track] of tracks.entries()) {
    for (const artist of creditsOf(track)) {
      const known = ranking.get(artist.id) ?? { artist: artistPayload(artist), points: 0 };
      ranking.set(artist.id, { ...known, points: known.points + Math.max(1, 50 - place) });
    }
  }
  return [...ranking.values()].toSorted((a, b) => b.points - a.points).map(({ artist }) => artist);
}

const creditsOf = (track: object | null): Credit[] =>
  track !== null && 'artists' in track && Array.isArray(track.artists)
    ? ((track.artists as (Credit | null)[]).filter(
        (credit) => credit !== null && typeof credit.id === 'string',
      ) as Credit[])
    : [];

const GENRES = ['chamber pop', 'dub techno', 'slowcore', 'highlife', 'math rock', 'fado'];

/** Development mode removes what only older apps get (followers, genres, popularity). */
function artistPayload(credit: Credit): object {
  const seed = Buffer.from(String(credit.id)).reduce((sum, byte) => sum + byte, 0);
  return {
    ...credit,
    followers: { href: null, total: seed * 37 },
    genres: [GENRES[seed % GENRES.length], GENRES[(seed + 2) % GENRES.length]],
    images: covers(randomFor('artist image', String(credit.id))),
    popularity: seed % 101,
    type: 'artist',
    uri: `spotify:artist:${String(credit.id)}`,
  };
}
