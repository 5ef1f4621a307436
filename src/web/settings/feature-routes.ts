import { Router, type Request } from 'express';
import { getEnrichmentState } from '../../enrichment/turns.ts';
import { AppError } from '../../errors.ts';
import { getCoverage } from '../../features/coverage.ts';
import { FEATURE_LIMITS } from '../../features/feature-columns.ts';
import { knownFeatureLines } from '../../features/known-features.ts';
import {
  countInLibrary,
  deleteOwnFeatures,
  keepOwnFeatures,
  listOtherIds,
} from '../../features/own-features.ts';
import { readFeatureFile } from '../../features/read-csv.ts';
import type { WebContext } from '../context.ts';
import { loadedFlash, providerWords } from './feature-words.ts';
import { plural } from '../page/format.ts';
import { firstFileOf, piecesOf } from '../middleware/file-upload.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import { sendLines } from '../page/send-stream.ts';
import type { Flash } from '../types.d.ts';

const PAGE = '/settings/audio-features';

export function audioFeatureRoutes({ db, config }: WebContext): Router {
  const { reccobeats } = config.enrichment;
  return Router()
    .get(PAGE, async (req, res) => {
      const timezone = listenerOf(req).timezone;
      const [found, state] = await Promise.all([
        getCoverage(db, userIdOf(req)),
        getEnrichmentState(db, 'reccobeats'),
      ]);
      const provider = reccobeats && providerWords(state, reccobeats.perDay, timezone);
      const columns = [...FEATURE_LIMITS].map(([name, { words }]) => ({ name, words }));
      renderPage(
        res,
        'settings/audio-features',
        { title: 'Audio features' },
        { found, provider, columns, timezone },
      );
    })
    .get(`${PAGE}/known.csv`, async (req, res) => {
      res.attachment('audio-features.csv');
      await sendLines(req, res, 'text/csv; charset=utf-8', knownFeatureLines(db, userIdOf(req)));
    })
    .post(PAGE, async (req, res) => {
      await redirectWith(req, res, PAGE, await load(db, req));
    })
    .post(`${PAGE}/remove`, async (req, res) => {
      const removed = await deleteOwnFeatures(db, userIdOf(req));
      const text =
        removed === 0
          ? 'You had no imported features to remove.'
          : `Removed your features for ${plural(removed, 'track')}. The other sources apply again.`;
      await redirectWith(req, res, PAGE, { kind: 'info', text });
    });
}

/** A faulty file is no error of the page: the message stands where the file was chosen. */
async function load(db: WebContext['db'], req: Request): Promise<Flash> {
  const upload = await firstFileOf(req);
  if (upload === null) return { kind: 'error', text: 'Nothing was imported. Choose a CSV file first.' };
  const userId = userIdOf(req);
  try {
    const others = await listOtherIds(db, userId);
    const file = await readFeatureFile(piecesOf(upload), (id) => others.has(id));
    if (file.tracks.size > 0) await keepOwnFeatures(db, userId, file.tracks);
    return loadedFlash(file, await countInLibrary(db, userId, [...file.tracks.keys()]));
  } catch (error) {
    if (error instanceof AppError && error.status < 500)
      return { kind: 'error', text: `Nothing was imported. ${error.message}` };
    throw error;
  }
}
