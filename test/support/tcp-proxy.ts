import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

export interface TcpProxy {
  /** The database behind it, by way of the proxy. */
  readonly url: string;
  /** From now on nothing passes in either direction, and new connections get no answer. */
  stall(): void;
  /** Connections are cut and new ones refused. */
  refuse(): Promise<void>;
  /** Forwards (again). Connections that were stalled are cut: a network that comes back has forgotten them. */
  forward(): Promise<void>;
  close(): Promise<void>;
}

/** A network between the app and a database that can be made to fail. It forwards once told to. */
export async function startTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const target = addressOf(databaseUrl);
  const sockets = new Set<net.Socket>();
  let stalled = false;

  const server = net.createServer({ pauseOnConnect: true }, (client) => {
    track(client);
    if (stalled) return;
    const upstream = track(net.connect(target.socket));
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on('close', () => other.destroy());
  });
  const track = (socket: net.Socket): net.Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = (): void => sockets.forEach((socket) => socket.destroy());

  await listen(0);
  const { port } = server.address() as AddressInfo;
  const refuse = async (): Promise<void> => {
    cut();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    url: `postgres://${target.user}@127.0.0.1:${port}/${target.database}`,
    stall() {
      stalled = true;
      sockets.forEach((socket) => socket.unpipe().pause());
    },
    refuse,
    async forward() {
      if (stalled) cut();
      stalled = false;
      if (!server.listening) await listen(port);
    },
    close: refuse,
  };
}

interface Target {
  readonly socket: net.NetConnectOpts;
  readonly user: string;
  readonly database: string;
}

/** A server is named by host and port, or by the directory of its Unix socket. */
function addressOf(databaseUrl: string): Target {
  const { hostname, port, username, password, pathname, searchParams } = new URL(
    databaseUrl.replace('@/', '@localhost/'),
  );
  const user = password === '' ? username : `${username}:${password}`;
  const directory = searchParams.get('host');
  const socket = directory?.startsWith('/')
    ? { path: `${directory}/.s.PGSQL.${port === '' ? 5432 : port}` }
    : { host: directory ?? hostname, port: port === '' ? 5432 : Number(port) };
  return { socket, user, database: pathname.slice(1) };
}
