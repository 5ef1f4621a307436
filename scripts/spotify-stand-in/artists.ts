import { covers } from '../invented/payload.ts';
import { randomFor } from '../invented/random.ts';
/** As a track names its artists. */
interface Credit {
  readonly id?: unknown;
}

/**
 * Who a listener's top artists are, by the top tracks they have: each track gives its artists 50 points for a first
 * place, 49 for a second and so on. Whole artist objects, best first; local files name artists without an id.
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

/** What only an older app is given (followers, genres, popularity) is taken away again in development mode. */
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
