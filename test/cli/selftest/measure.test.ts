import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROTOCOLS } from '../../../src/cli/selftest/loads.ts'
import { levelAt } from '../../../src/cli/selftest/measure.ts'
import { type SelftestTarget, startTarget } from '../../../src/cli/selftest/target.ts'

const PER_SECOND = 20
let target: SelftestTarget | undefined

beforeAll(async () => {
  target = await startTarget(join(import.meta.dirname, '../../../bin/burn.js'))
})
afterAll(() => target?.close())

test.each(PROTOCOLS)(
  '%s: every exchange is found in the log of the target, and compared',
  { timeout: 60_000 },
  async (protocol) => {
    if (!target) throw new Error('no target')
    const signal = new AbortController().signal
    const level = await levelAt(protocol, 1, PER_SECOND, { target, signal, seconds: 1 })
    expect(level).toMatchObject({ share: 1, perSecond: PER_SECOND, compared: PER_SECOND })
    const { ttft, itl, response, pacing } = level.errors
    expect(response?.count).toBe(PER_SECOND)
    expect(pacing?.count).toBe(PER_SECOND)
    // Nothing is received before it was sent: both processes read one clock.
    for (const error of [response, pacing, ttft]) if (error) expect(error.p50).toBeGreaterThan(-0.5)
    const isWhole = ['http', 'mqtt'].includes(protocol)
    expect(ttft?.count).toBe(isWhole ? undefined : PER_SECOND)
    expect(itl === null).toBe(isWhole)
  },
)
