import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** `npm run drill`: what takes minutes, and what `npm test` does once or in part, often and whole. */
export default defineConfig({
  test: {
    ...usual.test,
    include: [
      'test/**/*.drill.ts',
      'test/history-import/import.test.ts',
      'test/jobs/worker.test.ts',
      'test/journeys/*.test.ts',
      'test/playlists/send.test.ts',
      'test/web/contradicting-files.test.ts',
      'test/web/hostile.test.ts',
    ],
    env: { DRILL: 'yes' },
    testTimeout: 1_200_000,
  },
});
