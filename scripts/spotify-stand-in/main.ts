import { parseArgs } from 'node:util';
import { standInListeners } from './listeners.ts';
import { startSpotifyStandIn } from './server.ts';

const HELP = `A stand-in for Spotify, to try the app without an account.
  --port N    default 4000
  --host H    default 127.0.0.1
  --choose    ask at each sign-in who signs in`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4000' },
    host: { type: 'string', default: '127.0.0.1' },
    choose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  const standIn = await startSpotifyStandIn({
    port: Number(values.port),
    host: values.host,
    askWho: values.choose,
    listeners: standInListeners(),
  });
  console.log(`SPOTIFY_ACCOUNTS_URL=${standIn.accountsUrl}
SPOTIFY_API_URL=${standIn.apiUrl}
RECCOBEATS=yes
RECCOBEATS_URL=${standIn.reccobeatsUrl}
SPOTIFY_CLIENT_ID=${standIn.clientId}
SPOTIFY_CLIENT_SECRET=${standIn.clientSecret}`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void standIn.close());
}
