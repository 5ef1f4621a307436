import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** `npm run drill`: what takes long, and what `npm test` does a few times, often. */
export default defineConfig({
  test: {
    ...usual.test,
    include: [
      'test/**/*.drill.ts',
      'test/history-import/import.test.ts',
      'test/jobs/worker.test.ts',
      'test/playlists/send.test.ts',
    ],
    env: { DRILL: 'yes' },
    // They only end what hangs: however busy the machine, a test waits for what it wants to see.
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
