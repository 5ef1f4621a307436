import { loadConfig } from '../src/config.ts';
import { openDatabase } from '../src/database/open.ts';
import { rotateTokens } from '../src/users/rotate-tokens.ts';
import { plural } from './print.ts';
import { runTool } from './run-tool.ts';

/** `npm run rotate:keys`, also while the app runs. Exit 1 if a token could not be opened with any key. */
await runTool(async () => {
  const config = loadConfig('spotify');
  const { db, close } = await openDatabase(config, { applicationName: 'rotate-keys' });
  try {
    const { sealed, unreadable } = await rotateTokens(db, config.tokenKeys);
    console.log(
      `${plural(sealed, 'token')} encrypted with key ${config.tokenKeys[0]?.id}. The other keys are no longer needed.`,
    );
    if (unreadable > 0)
      console.log(
        `${plural(unreadable, 'token')} could not be decrypted with any key and stayed unchanged. Add the missing key, or let the listeners connect again.`,
      );
    return unreadable === 0 ? 0 : 1;
  } finally {
    await close();
  }
});
