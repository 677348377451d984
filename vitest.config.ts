import { defineConfig } from 'vitest/config'

const common = { globalSetup: 'test/support/build.ts', testTimeout: 30_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/bench/**', 'test/proofs/**'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Measurements: one at a time, after all else, so that they have the machine to themselves.
        test: {
          ...common,
          name: 'proofs',
          include: ['test/proofs/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
