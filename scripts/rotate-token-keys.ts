import { loadConfig } from '../src/config.ts';
import { openDatabase } from '../src/open-database.ts';
import { rotateTokens } from '../src/users/rotate-tokens.ts';
import { runTool } from './run-tool.ts';

/**
 * `npm run rotate:keys`: seals all stored Spotify tokens with the first of TOKEN_ENCRYPTION_KEYS, while the app runs.
 * Exit 1 where a token could not be opened with any of them.
 */
await runTool(async () => {
  const config = loadConfig('spotify');
  const { db, close } = await openDatabase(config, { applicationName: 'rotate-keys', direct: true });
  try {
    const { sealed, unreadable } = await rotateTokens(db, config.tokenKeys);
    console.log(`${sealed} tokens sealed with key ${config.tokenKeys[0]?.id}; every other key can go.`);
    if (unreadable > 0)
      console.log(
        `${unreadable} tokens open with none of the keys and were left as they are: add the key they were sealed with, or their listeners connect again.`,
      );
    return unreadable === 0 ? 0 : 1;
  } finally {
    await close();
  }
});
