import { Router, type Request } from 'express';
import { z } from 'zod';
import { together } from '../../database/ask-together.ts';
import { AUDIO_FEATURES } from '../../catalogue/audio-features.ts';
import {
  ARTIST_TRACKS_PER_PAGE,
  findArtist,
  listArtistTracks,
  type ListenerArtist,
} from '../../catalogue/listener-artist.ts';
import { ARTIST_ALBUMS } from '../../catalogue/artist-albums.ts';
import { getLibrarySound, KEPT_SOUND } from '../../figures/summary.ts';
import { notFound } from '../../errors.ts';
import { ENDINGS } from '../../listening/endings.ts';
import type { Listener } from '../../ranges/period.ts';
import { PLAYED_FROM } from '../../listening/played-from.ts';
import { askedOf, listPlayedMonths, MONTHS_EVER } from '../../listening/played-months.ts';
import { ARTIST_TOTALS } from '../../listening/played-totals.ts';
import { ARTIST_RANKS, listArtistRanks } from '../../snapshots/artist-ranks.ts';
import { BEST_PLACES, listPresence, PRESENCE } from '../../snapshots/artist-presence.ts';
import type { WebContext } from '../context.ts';
import { featuresChart } from '../tracks/feature-charts.ts';
import { drawMonths, playsChart } from '../tracks/play-charts.ts';
import { placesOf } from '../tracks/played-places.ts';
import { rankCharts } from '../tracks/rank-charts.ts';
import { artistPath } from '../page/helpers.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import type { ChartAnswers } from '../page/chart-answers.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { presenceCharts, shareOf } from './presence-charts.ts';
import { readId, readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { rangeParam } from '../page/time-ranges.ts';

const pageParams = z.object({ page: pageNumber });
const chartParams = z.object({
  range: rangeParam.default('short_term'),
});

type Db = WebContext['db'];

export function artistRoutes({ db }: WebContext): Router {
  return Router().get('/artists/:artistId', async (req, res) => {
    const { page } = readParams(pageParams, req.query);
    const shown = await readArtistPage(db, listenerOf(req), await artistOf(db, req), page);
    renderPage(
      res,
      'artists/artist',
      { title: shown.artist.name?.trim() || 'Unknown artist', scripts: ['pages/artist.js'] },
      { shown },
    );
  });
}

/** @throws AppError 404 if neither the listener's library nor a list of artists has them */
async function artistOf(db: Db, req: Request): Promise<ListenerArtist> {
  const artist = await findArtist(db, userIdOf(req), readId(req.params.artistId));
  if (artist === null) throw notFound();
  return artist;
}

const askAboutArtist = together('artist: in the lists and in the history, and how the library sounds', {
  played: ARTIST_TOTALS,
  months: MONTHS_EVER.artist,
  from: PLAYED_FROM.artist,
  endings: ENDINGS.artist,
  albums: ARTIST_ALBUMS,
  ranks: ARTIST_RANKS,
  presences: PRESENCE,
  bestPlaces: BEST_PLACES,
  sound: KEPT_SOUND,
});

async function readArtistPage(db: Db, listener: Listener, artist: ListenerArtist, page: number) {
  const { user_id: userId, timezone } = listener;
  const { artist_id: artistId } = artist;
  const pages = countPages(artist.tracks, ARTIST_TRACKS_PER_PAGE);
  if (page > pages) throw notFound();
  const ofArtist: [number, string] = [userId, artistId];
  const plays = askedOf(listener, artistId);
  const [tracks, { played, months, from, endings, albums, ranks, presences, bestPlaces, sound }] =
    await Promise.all([
      listArtistTracks(db, userId, artistId, page),
      askAboutArtist(db, {
        played: ofArtist,
        months: ofArtist,
        from: plays,
        endings: ofArtist,
        albums: ofArtist,
        ranks: ofArtist,
        presences: ofArtist,
        bestPlaces: ofArtist,
        sound: [userId],
      }),
    ]);
  const library = await getLibrarySound(db, userId, sound);
  return {
    artist,
    tracks,
    timezone,
    played,
    playsChart: playsChart(months),
    from: placesOf(from),
    endings,
    albums,
    firstPlace: (page - 1) * ARTIST_TRACKS_PER_PAGE + 1,
    links: linkPages(page, pages, (number) => `${artistPath(artistId)}?page=${number}#tracks`),
    ranked: ranks.some(({ listed }) => listed.includes(true)),
    rankedLists: ranks.reduce((sum, { dates }) => sum + dates.length, 0),
    rankCharts: rankCharts(ranks, 'artist'),
    presenceCharts: presenceCharts(presences, artist.first_listed_date),
    bestPlaces,
    featuresChart: featuresChart('this artist', artist.average, library),
  };
}

export const artistCharts: ChartAnswers = {
  'artists/:artistId/presence': async ({ db }, req) => {
    const { range } = readParams(chartParams, req.query);
    const artist = await artistOf(db, req);
    const presences = await listPresence(db, userIdOf(req), artist.artist_id);
    const months = presences.find(({ timeRange }) => timeRange === range)?.months ?? [];
    return { labels: months.map(({ month }) => month), data: months.map(shareOf) };
  },
  'artists/:artistId/rank-history': async ({ db }, req) => {
    const { range } = readParams(chartParams, req.query);
    const artist = await artistOf(db, req);
    const histories = await listArtistRanks(db, userIdOf(req), artist.artist_id);
    const history = histories.find(({ timeRange }) => timeRange === range);
    return { labels: history?.dates ?? [], data: history?.ranks ?? [] };
  },
  'artists/:artistId/plays-by-month': async ({ db }, req) => {
    const { artist_id: id } = await artistOf(db, req);
    return drawMonths(await listPlayedMonths(db, listenerOf(req), 'artist', { id, from: null, to: null }));
  },
  'artists/:artistId/audio-features': async ({ db }, req) => {
    const { average } = await artistOf(db, req);
    return { labels: AUDIO_FEATURES, data: AUDIO_FEATURES.map((name) => average[name]) };
  },
};
