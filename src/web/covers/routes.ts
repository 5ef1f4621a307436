import { Router } from 'express';
import { notFound } from '../../errors.ts';
import { coverSvg } from './covers.ts';

const FILE = /^(.{1,200})\.svg$/su;

/** Needs no session and no database, and never changes. */
export const coversRouter: Router = Router().get('/covers/:file', (req, res) => {
  const seed = FILE.exec(req.params.file)?.[1];
  if (seed === undefined) throw notFound();
  res.set('Cache-Control', 'public, max-age=31536000, immutable');
  res.type('image/svg+xml').send(coverSvg(seed));
});
