import { loadConfig } from '../src/config.ts';
import { AppError } from '../src/errors.ts';
import { openDatabase } from '../src/database/open.ts';
import {
  captureSnapshots,
  failureOf,
  type CaptureResult,
  type KindResult,
} from '../src/snapshots/capture.ts';
import { accessOf } from '../src/users/access-token.ts';
import { listConnectedUsers } from '../src/users/connections.ts';
import { plural } from './print.ts';
import { runTool } from './run-tool.ts';

/** `npm run capture`, for cron: one listener's failure does not stop the others. */
await runTool(async () => {
  const config = loadConfig('spotify');
  const { db, close } = await openDatabase(config, { applicationName: 'capture' });
  try {
    const access = accessOf(config);
    const users = await listConnectedUsers(db, config.allowedSpotifyIds);
    let failed = 0;
    for (const { user_id: userId } of users) {
      try {
        const result = await captureSnapshots(db, userId, access);
        console.log(`listener ${userId}: ${describe(result)}`);
        const failure = failureOf(result);
        if (failure !== undefined) throw failure;
      } catch (error) {
        failed += 1;
        console.error(`listener ${userId}: ${error instanceof AppError ? error.message : String(error)}`);
      }
    }
    console.log(`Captured ${users.length - failed} of ${plural(users.length, 'connected listener')}.`);
    return failed === 0 ? 0 : 1;
  } finally {
    await close();
  }
});

function describe({ date, tracks, artists }: CaptureResult): string {
  return `${date}: ${describeKind('tracks', tracks)}; ${describeKind('artists', artists)}`;
}

function describeKind(kind: string, { captured, places, skipped, failure }: KindResult): string {
  if (failure !== undefined) return `${kind} failed`;
  if (captured.length === 0) return `${kind}: nothing new`;
  const left = skipped > 0 ? `, skipped ${plural(skipped, 'unusable item')}` : '';
  return `${places} ${kind} in ${plural(captured.length, 'list')}${left}`;
}
