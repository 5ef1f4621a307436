import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // Nobody waits this long on a machine of its own; a shared one with two cores may.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Each process loads the app once, not once a file: what a test leaves in a module, the next file there meets.
    isolate: false,
    // What a test leaves behind is short-lived: with room for more of it, it is collected less often.
    execArgv: ['--max-semi-space-size=64'],
    // Most tests wait for a process or a database: more of them at once than there are cores.
    maxWorkers: 3,
  },
});
