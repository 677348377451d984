/**
 * Starts the threads of the mock from the build, which `build.ts` has just made: from sources one takes a second and a half of loading.
 * In watch mode the build is that of the start.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = join(import.meta.dirname, '..', '..')
const SOURCE = pathToFileURL(join(ROOT, 'src/mock/worker.ts')).href
const BUILT = new URL(pathToFileURL(join(ROOT, 'dist/mock-worker.cjs')).href)

/** Replaces the class of threads for this process; a second call does nothing. */
export function startMocksFromBuild(): void {
  const threads = process.getBuiltinModule('node:worker_threads')
  const { Worker } = threads
  if (Worker.name === 'MockFromBuild') return
  threads.Worker = class MockFromBuild extends Worker {
    constructor(file: string | URL, options?: import('node:worker_threads').WorkerOptions) {
      super(String(file) === SOURCE ? BUILT : file, options)
    }
  }
  process.getBuiltinModule('node:module').syncBuiltinESMExports()
}
