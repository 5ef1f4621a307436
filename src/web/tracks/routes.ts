import { Router, type Request } from 'express';
import { z } from 'zod';
import { together } from '../../database/ask-together.ts';
import { getLibrarySound, KEPT_SOUND } from '../../figures/summary.ts';
import { findTrackHiding } from '../../hidden/hidden-things.ts';
import { ENDINGS } from '../../listening/endings.ts';
import type { Listener } from '../../ranges/period.ts';
import { PLAYED_FROM } from '../../listening/played-from.ts';
import { askedOf, listPlayedMonths, MONTHS_EVER } from '../../listening/played-months.ts';
import { TRACK_TOTALS } from '../../listening/played-totals.ts';
import { PLAYLISTS_OF } from '../../playlists/track-playlists.ts';
import { AUDIO_FEATURES } from '../../catalogue/audio-features.ts';
import { findTrack, type ListenerTrack } from '../../catalogue/listener-track.ts';
import { findPayloads, getPayloadText, PAYLOADS, type PayloadName } from '../../catalogue/payload.ts';
import { notFound } from '../../errors.ts';
import { LISTS_LOOKED_INTO } from '../../similarity/shared-lists.ts';
import { listSimilarTracks } from '../../similarity/similar-tracks.ts';
import { SIMILAR_SHOWN, SOUNDS, type Sound } from '../../similarity/sound.ts';
import { listRankHistories, RANK_HISTORIES } from '../../snapshots/rank-history.ts';
import type { WebContext } from '../context.ts';
import { drawMonths, playsChart } from './play-charts.ts';
import { placesOf } from './played-places.ts';
import { featuresChart } from './feature-charts.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { rankCharts } from './rank-charts.ts';
import type { ChartAnswers } from '../page/chart-answers.ts';
import { readId, readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { rangeParam } from '../page/time-ranges.ts';
import * as words from './words.ts';
import { sum } from '../../sum.ts';
import { titleOf } from '../page/format.ts';

const by = z.enum(SOUNDS, `must be one of ${SOUNDS.join(', ')}`).default('sound');
const similarParams = z.object({ by });
const historyParams = z.object({
  range: rangeParam.default('short_term'),
});

type Db = WebContext['db'];

export function trackRoutes({ db }: WebContext): Router {
  const router = Router()
    .get('/tracks/:trackId', async (req, res) => {
      const params = readParams(similarParams, req.query);
      const shown = await readTrackPage(db, listenerOf(req), await trackOf(db, req), params.by);
      renderPage(
        res,
        'tracks/track',
        { title: titleOf(shown.track.name), scripts: ['pages/track.js'], words },
        { shown },
      );
    })
    .get('/tracks/:trackId/payload', async (req, res) => {
      const track = await trackOf(db, req);
      const payloads = (await findPayloads(db, userIdOf(req), track.track_id)) ?? [];
      renderPage(
        res,
        'tracks/payload',
        { title: `Original data of ${titleOf(track.name)}` },
        { track, payloads },
      );
    });
  for (const name of Object.keys(PAYLOADS) as PayloadName[]) {
    router.get(`/tracks/:trackId/payload/${name}.json`, async (req, res) => {
      const text = await getPayloadText(db, userIdOf(req), readId(req.params.trackId), name);
      res.attachment(`${name}.json`).send(text);
    });
  }
  return router;
}

/** @throws AppError 404 if the listener's library does not have it */
async function trackOf(db: Db, req: Request): Promise<ListenerTrack> {
  const track = await findTrack(db, userIdOf(req), readId(req.params.trackId));
  if (track === null) throw notFound();
  return track;
}

const askAboutTrack = together('track: its places, plays and playlists, and how the library sounds', {
  histories: RANK_HISTORIES,
  played: TRACK_TOTALS,
  months: MONTHS_EVER.track,
  from: PLAYED_FROM.track,
  endings: ENDINGS.track,
  sound: KEPT_SOUND,
  playlists: PLAYLISTS_OF,
});

async function readTrackPage(db: Db, listener: Listener, track: ListenerTrack, wanted: Sound) {
  const { user_id: userId, timezone } = listener;
  const ofTrack: [number, string] = [userId, track.track_id];
  const plays = askedOf(listener, track.track_id);
  const [{ histories, played, months, from, endings, sound, playlists }, similar, hiding] = await Promise.all(
    [
      askAboutTrack(db, {
        histories: ofTrack,
        played: ofTrack,
        months: ofTrack,
        from: plays,
        endings: ofTrack,
        sound: [userId],
        playlists: ofTrack,
      }),
      listSimilarTracks(db, userId, track.track_id, { by: wanted, limit: SIMILAR_SHOWN, known: track }),
      track.hidden ? findTrackHiding(db, userId, track.track_id) : null,
    ],
  );
  const library = await getLibrarySound(db, userId, sound);
  return {
    track,
    timezone,
    played,
    playsChart: playsChart(months),
    from: placesOf(from),
    endings,
    hiding,
    lists: sum(histories.map(({ dates }) => dates.length)),
    rankCharts: rankCharts(histories),
    featuresChart: featuresChart('this track', track, library),
    library,
    similar,
    wanted,
    listsLookedInto: LISTS_LOOKED_INTO,
    playlists,
  };
}

export const trackCharts: ChartAnswers = {
  'tracks/:trackId/rank-history': async ({ db }, req) => {
    const { range } = readParams(historyParams, req.query);
    const track = await trackOf(db, req);
    const histories = await listRankHistories(db, userIdOf(req), track.track_id);
    const history = histories.find(({ timeRange }) => timeRange === range);
    return { labels: history?.dates ?? [], data: history?.ranks ?? [] };
  },
  'tracks/:trackId/plays-by-month': async ({ db }, req) => {
    const { track_id: id } = await trackOf(db, req);
    return drawMonths(await listPlayedMonths(db, listenerOf(req), 'track', { id, from: null, to: null }));
  },
  'tracks/:trackId/audio-features': async ({ db }, req) => {
    const track = await trackOf(db, req);
    return { labels: AUDIO_FEATURES, data: AUDIO_FEATURES.map((name) => track[name]) };
  },
  'tracks/:trackId/similar': async ({ db }, req) => {
    const params = readParams(similarParams, req.query);
    const { track_id: trackId } = await trackOf(db, req);
    const wanted = { by: params.by, limit: SIMILAR_SHOWN };
    const { tracks } = await listSimilarTracks(db, userIdOf(req), trackId, wanted);
    return {
      labels: tracks.map(({ name }) => titleOf(name)),
      data: tracks.map(({ score }) => score),
    };
  },
};
