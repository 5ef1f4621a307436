import type { Request, RequestHandler } from 'express';

/** For a whole body, or for each piece of an upload. */
const PATIENCE_MS = 15_000;

const timers = new WeakMap<Request, NodeJS.Timeout>();

/** Node has one limit for all requests, uploads too. */
export const bodyTime: RequestHandler = (req, _res, next) => {
  if (hasBody(req)) {
    const timer = setTimeout(() => req.complete || req.socket.destroy(), PATIENCE_MS);
    timers.set(req, timer);
    req.once('close', () => clearTimeout(timer));
  }
  next();
};

const hasBody = ({ headers }: Request): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** For a body that may take long, as long as it keeps arriving. */
export function giveBodyTime(req: Request): void {
  clearTimeout(timers.get(req));
  let seen = req.socket.bytesRead;
  const watching = setInterval(() => {
    if (!req.complete && req.socket.bytesRead === seen) req.socket.destroy();
    seen = req.socket.bytesRead;
  }, PATIENCE_MS);
  req.once('close', () => clearInterval(watching));
}
