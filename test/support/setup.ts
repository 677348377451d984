/** Before every test file. The files of a worker run one after the other in one process, and share the modules that they import. */
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, expect, vi } from 'vitest'

/** Conditions are waited for as long as a busy machine needs; what never comes true is a matter for the limit of the test. */
const PATIENCE_MS = 60_000

/** Outlives the file: it is wrapped once. */
const shared: typeof vi & { readonly impatient?: typeof vi.waitFor } = vi
const waitFor = shared.impatient ?? vi.waitFor
Object.assign(vi, { impatient: waitFor })
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options })

/** Files that change a module for themselves: the protocol of virtual time has to be there before the schema, as a mock before its users. */
const CHANGES_MODULES = /support\/virtual\.ts|vi\.mock\(/

if (CHANGES_MODULES.test(readFileSync(expect.getState().testPath ?? '', 'utf8'))) {
  vi.resetModules()
  afterAll(() => void vi.resetModules())
}

// The registry that the modules of this file add to, which a reset has made anew.
afterEach(async () => (await import('./leftovers.ts')).removeLeftovers())
