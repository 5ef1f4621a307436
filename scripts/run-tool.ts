import { AppError, ConfigError } from '../src/errors.ts';
import { log } from '../src/log.ts';

/**
 * Runs a command to its exit code. What the person at the terminal can mend is said in plain words (exit 2);
 * anything else is logged whole (exit 1).
 */
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
