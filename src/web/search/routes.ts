import { Router, type Request } from 'express';
import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { TRACKS_PER_PAGE, type FoundTrack } from '../../search/find-tracks.ts';
import type { Marker } from '../../search/mark-hits.ts';
import { LONGEST_QUERY } from '../../search/parse-query.ts';
import { searchArchive } from '../../search/search.ts';
import { listSuggestions, type Suggestion } from '../../search/suggest.ts';
import type { WebContext } from '../context.ts';
import { albumPath, artistPath, plural, splitTitle, trackPath } from '../page/helpers.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { countPages, linkPages } from '../page/page-links.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';

const q = z
  .string('must be given once')
  .max(LONGEST_QUERY, `must be at most ${LONGEST_QUERY} characters long`)
  .default('');
const searchParams = z.object({
  q,
  page: z
    .string('must be given once')
    .regex(/^[1-9]\d{0,6}$/, 'must be the number of a page')
    .transform(Number)
    .default(1),
});
const suggestionParams = z.object({ q });

/** `/search`: what the listener's own tracks, artists and albums are called; `/api/suggestions` while it is typed. */
export function searchRoutes({ db }: WebContext): Router {
  return Router()
    .get('/search', async (req, res) => {
      const search = await readSearch(db, req);
      const { searched } = search;
      const title = searched === '' ? 'Search' : `Search: ${searched}`;
      renderPage(res, 'search/index', { title, searched }, { search });
    })
    .get('/api/suggestions', async (req, res) => {
      const { q: text } = readParams(suggestionParams, req.query);
      const suggestions = await listSuggestions(db, userIdOf(req), text);
      res.json({ suggestions: suggestions.map(suggestionLink) });
    });
}

async function readSearch(db: WebContext['db'], req: Request) {
  const { q: given, page } = readParams(searchParams, req.query);
  // A form field shows no control characters, and neither does a window's title.
  const searched = given.replaceAll(/\p{Cc}/gu, ' ').trim();
  const result = await searchArchive(db, userIdOf(req), searched, page);
  const pages = result.more ? null : countPages(result.found, TRACKS_PER_PAGE);
  if (pages !== null && page > pages) throw notFound();
  return {
    ...result,
    searched,
    firstPlace: (page - 1) * TRACKS_PER_PAGE + 1,
    tracks: result.tracks.map((track) => markedTrack(track, result.mark)),
    artists: result.artists.map((artist) => ({
      ...artist,
      marked: result.mark(artist.name, 'artist'),
      detail: sayTracks(artist.tracks),
    })),
    artistsFound: result.artists[0]?.found ?? 0,
    links: linkPages(page, pages, (number) => searchPath(searched, number)),
    playlistPath: `/playlists/new?${new URLSearchParams({ from: 'search', q: searched }).toString()}`,
  };
}

const sayTracks = (tracks: number): string =>
  tracks > 0 ? plural(tracks, 'track') : 'in your top artist lists';

function searchPath(text: string, page = 1): string {
  const query = new URLSearchParams({ q: text, ...(page > 1 && { page: String(page) }) });
  return `/search?${query.toString()}`;
}

/** A track with its names cut into what was found and what was not. */
function markedTrack(track: FoundTrack, mark: Marker) {
  const { main, rest } = splitTitle(track.name);
  const credits = track.artists.length > 0 ? track.artists : [{ artist_id: null, name: track.artist_name }];
  return {
    ...track,
    marked: {
      main: mark(main, 'track'),
      rest: mark(rest, 'track'),
      artists: credits.map(({ artist_id: artistId, name }) => ({
        href: artistId === null ? null : artistPath(artistId),
        name: mark(name ?? 'Unknown artist', 'artist'),
      })),
      album: track.album_name === null ? null : mark(track.album_name, 'album'),
    },
    released: track.release_date?.slice(0, 4) ?? null,
  };
}

/** A suggestion as the field shows it, and where it leads. */
function suggestionLink(suggestion: Suggestion) {
  const { kind, name: text } = suggestion;
  if (kind === 'artist') {
    const { artistId, tracks } = suggestion;
    return { kind: 'Artist', text, detail: sayTracks(tracks), href: artistPath(artistId) };
  }
  const { artistName: detail } = suggestion;
  if (kind === 'track') return { kind: 'Track', text, detail, href: trackPath(suggestion.trackId) };
  return { kind: 'Album', text, detail, href: albumPath(suggestion.albumId) };
}
