import type { RequestHandler } from 'express';
import { DatabasePatience, withPatience } from '../../database-patience.ts';

/**
 * One time limit for all that a request waits for the database: at the door, for connections, for answers, for its
 * session. What writes, and what is sent while it is read, takes its time as long as the database answers at all.
 */
export const databasePatience: RequestHandler = (req, res, next) => {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  const patience = new DatabasePatience(() => !isRead || res.headersSent);
  res.once('close', () => patience.end());
  withPatience(patience, next);
};
