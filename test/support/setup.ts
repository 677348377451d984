/** Before every test file. The files of a worker run one after the other in one process, and share the modules that they import. */
import { afterEach, expect, vi } from 'vitest'
import { leaveOutDone } from './done.ts'
import { startMocksFromBuild } from './mock-thread.ts'
import { kindOf, VIRTUAL_TIME } from './modules.ts'
import { PATIENCE_MS, POLL_MS } from './patience.ts'
import { ALL_CASES } from './share.ts'

/** What outlives a file: the unchanged `waitFor`, and the kind of the files that the modules in memory belong to. */
const shared: typeof vi & { impatient?: typeof vi.waitFor; kind?: string } = vi
shared.impatient ??= vi.waitFor
const { impatient } = shared
vi.waitFor = (callback, options) =>
  impatient(callback, {
    interval: POLL_MS,
    ...(typeof options === 'number' ? { timeout: options } : { timeout: PATIENCE_MS, ...options }),
  })

startMocksFromBuild()

const { testPath = '' } = expect.getState()
if (ALL_CASES) leaveOutDone(testPath)

const kind = kindOf(testPath)
if (shared.kind !== undefined && shared.kind !== kind) vi.resetModules()
shared.kind = kind
// Its protocol has to be there before the file imports the schema, in whichever order it imports things.
if (kind === VIRTUAL_TIME) await import('./memory-target.ts')

// Imported when it is needed: the modules of the test file add to the registry that belongs to them.
afterEach(async () => (await import('./leftovers.ts')).removeLeftovers())
