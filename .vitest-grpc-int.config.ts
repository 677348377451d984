import { defineConfig } from 'vitest/config'
export default defineConfig({ root: '/work/main', test: { include: ['test/integration/grpc.test.ts'], testTimeout: 30000, maxWorkers: 2 } })
