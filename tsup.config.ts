import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { main: 'src/cli/main.ts', 'mock-worker': 'src/mock/worker.ts' },
  outDir: 'dist',
  format: 'esm',
  target: 'node22',
  platform: 'node',
  splitting: true,
  clean: true,
  dts: false,
})
