/** Tests against servers of others: nginx, brokers, llama.cpp, … They need those programs; `.ci/run` installs them. */
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/support/build.ts', 'test/integration/llama.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One server after the other: they share the machine with the load.
    fileParallelism: false,
  },
})
