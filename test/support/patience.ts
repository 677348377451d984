/** Conditions are waited for as long as a busy machine needs; what never comes true is a matter for the limit of the test. */
import { vi } from 'vitest'

const PATIENCE_MS = 60_000

const waitFor: typeof vi.waitFor = vi.waitFor
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options })
