import { DEFAULT_SORT } from '../../explore/conditions.ts';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { getArchiveSummary, getLibraryValues } from '../../figures/summary.ts';
import { notFound } from '../../errors.ts';
import { countChoices } from '../../explore/counts.ts';
import { exploreFilters, readFilters } from '../../explore/filters.ts';
import { listExploredTracks, streamExploredTracks, TRACKS_PER_PAGE } from '../../explore/tracks.ts';
import type { WebContext } from '../context.ts';
import { addressOf, describeChips, describeForm, writtenFields } from './form.ts';
import { csvOf, describeColumns, SORT_OPTIONS, writeCell } from './table.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { sendLines } from '../page/send-stream.ts';

const pageParams = z.object({ page: pageNumber });

/** `/explore`: the archive through filters that stand in the address; `/explore.csv`: what they leave, as a file. */
export function exploreRoutes({ db }: WebContext): Router {
  return Router()
    .get('/explore', async (req, res) => {
      // A form sends its empty fields along; the address keeps what was asked for.
      const hasEmpty = Object.values(req.query).flat().includes('');
      if (hasEmpty && tidyAddress(req).length <= LONGEST_TIDIED) return res.redirect(302, tidyAddress(req));
      const shown = await readExplore(db, req);
      if (shown.problems.length > 0) res.status(400);
      return renderPage(res, 'explore/index', { title: 'Explore', scripts: ['pages/explore.js'] }, shown);
    })
    .get('/explore.csv', async (req, res) => {
      const filters = readParams(exploreFilters, req.query);
      res.attachment('explored-tracks.csv');
      await sendLines(
        req,
        res,
        'text/csv; charset=utf-8',
        csvOf(streamExploredTracks(db, userIdOf(req), filters)),
      );
    });
}

/** Clients take at most 16 kB of headers, and an address that is written again may have grown threefold. */
const LONGEST_TIDIED = 8_000;
const tidyAddress = (req: Request): string => addressOf('/explore', writtenFields(req.query));

async function readExplore(db: WebContext['db'], req: Request) {
  const userId = userIdOf(req);
  const { page } = readParams(pageParams, req.query);
  const { filters, problems } = readFilters(req.query);
  const [counts, tracks, summary] = await Promise.all([
    getLibraryValues(db, userId).then((values) => countChoices(db, userId, filters, values)),
    listExploredTracks(db, userId, filters, page),
    getArchiveSummary(db, userId),
  ]);
  const pages = countPages(counts.left, TRACKS_PER_PAGE);
  if (page > pages) throw notFound();
  const written = writtenFields(req.query);
  const kept = Object.fromEntries(Object.entries(written).filter(([name]) => problems[name] === undefined));
  const columns = describeColumns(kept, filters.sort, filters.then_by);
  return {
    counts,
    problems: Object.keys(problems),
    groups: describeForm(written, problems, counts),
    chips: describeChips(kept, problems),
    artists: summary.figures.top_artists.flatMap(({ name }) => name ?? []),
    sorting: {
      sort: filters.sort ?? '',
      then_by: filters.then_by ?? '',
      usual: SORT_OPTIONS.find(({ value }) => value === DEFAULT_SORT)?.label,
      options: SORT_OPTIONS,
      problems,
    },
    columns,
    rows: tracks.map((track) => ({
      track,
      cells: columns.map(({ key, label }) => ({
        label,
        value: writeCell(key, track, listenerOf(req).timezone),
      })),
    })),
    csvHref: addressOf('/explore.csv', kept),
    playlistHref: addressOf('/playlists/new?from=explore', kept),
    links: linkPages(page, pages, (number) => addressOf('/explore', kept, { page: [String(number)] })),
  };
}
