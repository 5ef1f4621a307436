import type { RequestHandler } from 'express';
import { DatabasePatience, withPatience } from '../../database/patience.ts';

/** For a request's whole wait. Writes, and pages being sent, may take longer as long as the database answers. */
export const databasePatience: RequestHandler = (req, res, next) => {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  const patience = new DatabasePatience(() => !isRead || res.headersSent);
  res.once('close', () => patience.end());
  withPatience(patience, next);
};
