/** Tests against servers of others: nginx, brokers, llama.cpp, … They need those programs; `.ci/run` installs them. */
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { PATIENCE_MS, POLL_MS } from '../support/patience.ts'

export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/support/build.ts', 'test/integration/llama.ts'],
    setupFiles: 'test/support/setup.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: PATIENCE_MS, interval: POLL_MS } },
    // One server after the other: they share the machine with the load.
    fileParallelism: false,
  },
})
