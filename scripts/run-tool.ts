import { AppError, ConfigError } from '../src/errors.ts';
import { log } from '../src/log.ts';

/** Exit 2 and a plain message for what the person at the terminal can mend; exit 1 and a full log for anything else. */
export async function runTool(main: () => Promise<number>): Promise<void> {
  log.level = 'warn';
  try {
    process.exitCode = await main();
  } catch (error) {
    const plain = error instanceof ConfigError || error instanceof AppError;
    if (plain) console.error(error.message);
    else log.error({ err: error }, 'the command failed');
    process.exitCode = plain ? 2 : 1;
  }
}
