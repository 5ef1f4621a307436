import http from 'node:http';
import net from 'node:net';

/** What is under way when the server is told to end may take this long. */
export const DRAIN_MS = 10_000;
/** A connection that stays silent this long while the server ends has nothing under way. */
const SILENCE_MS = 1_000;

/**
 * An HTTP server that cuts off slow or silent clients; kept-alive connections outlive a platform edge's own idle limit
 * of 60 s. It does not listen yet.
 */
export function createHttpServer(handler: http.RequestListener): http.Server {
  const server = http.createServer(
    { connectionsCheckingInterval: 2_000, requireHostHeader: true, maxHeaderSize: 16_384 },
    handler,
  );
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.keepAliveTimeout = 65_000;
  server.maxRequestsPerSocket = 1_000;
  server.maxConnections = 2_000;
  return server;
}

/**
 * Takes no new connections; those in use finish what they are at and are told to go elsewhere for more. At the
 * deadline whatever is left is cut.
 */
export function closeHttpServer(server: http.Server): Promise<void> {
  server.prependListener('request', (_req, res: http.ServerResponse) => {
    res.shouldKeepAlive = false;
  });
  return new Promise((resolve) => {
    // A request may be on its way on a connection that looks idle: http's own close() would cut it at once.
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
