import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/bench/**'],
    globalSetup: 'test/support/build.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Measurements share the machine with the tests that make them: fewer at once are truer.
    maxWorkers: 2,
  },
})
