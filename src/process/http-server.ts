import http from 'node:http';
import net from 'node:net';

export const DRAIN_MS = 10_000;
/** A connection that is silent for this long has nothing under way. */
const SILENCE_MS = 1_000;

/** Cuts off slow and silent clients; kept-alive connections outlast the idle limit of 60 s that platforms use. */
export function createHttpServer(handler: http.RequestListener): http.Server {
  const server = http.createServer(
    { connectionsCheckingInterval: 2_000, requireHostHeader: true, maxHeaderSize: 16_384 },
    handler,
  );
  server.headersTimeout = 10_000;
  // A limit for all would cut off large uploads: web/middleware/body-time.ts knows which are.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 65_000;
  server.maxRequestsPerSocket = 1_000;
  server.maxConnections = 2_000;
  return server;
}

export function closeHttpServer(server: http.Server): Promise<void> {
  server.prependListener('request', (_req, res: http.ServerResponse) => {
    res.shouldKeepAlive = false;
  });
  return new Promise((resolve) => {
    // A request may be on its way on an idle connection, which http's own close() would cut.
    const patience = setTimeout(() => {
      sweep = setInterval(() => server.closeIdleConnections(), 100);
    }, SILENCE_MS);
    let sweep: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    net.Server.prototype.close.call(server, () => {
      clearTimeout(patience);
      clearInterval(sweep);
      clearTimeout(deadline);
      resolve();
    });
  });
}
