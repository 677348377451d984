import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GroupRecorder } from '../../../src/metrics/groups/group-recorder.ts'
import { Recorder, type RunDimensions } from '../../../src/metrics/recorder.ts'
import { atOnce } from '../../../src/pieces.ts'
import { failedExchange, okExchange } from '../exchanges.ts'

const DIMENSIONS: RunDimensions = {
  steps: ['a', 'b', 'c'].map((name) => ({ name, kind: 'request', checks: [], flow: undefined })),
  phases: [
    { name: 'warm', warmup: true, setupOrTeardown: false },
    { name: 'one', warmup: false, setupOrTeardown: false },
    { name: 'two', warmup: false, setupOrTeardown: false },
  ],
  targets: ['target'],
  groups: [],
  selectors: [{ step: 'b', phase: 'two' }],
}

interface Attempt {
  readonly step: number
  readonly phase: number
  readonly tier: number
  readonly tookMs: number
  readonly ok: boolean
  readonly inWindow: boolean
  /** Whether some group is read after the attempt, as a threshold does. */
  readonly reads: boolean
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  step: fc.nat(2),
  phase: fc.nat(2),
  tier: fc.nat(40),
  tookMs: fc.double({ min: 0, max: 5000, noNaN: true }),
  ok: fc.boolean(),
  inWindow: fc.boolean(),
  reads: fc.boolean(),
})

const exchangeOf = ({ ok, tookMs, step }: Attempt) =>
  ok ? okExchange({ ended: tookMs, gaps: [0, tookMs], outputTokens: step }) : failedExchange('reset', 'x', tookMs, 0)

function recorded(attempts: readonly Attempt[], recorder = new Recorder(DIMENSIONS)): Recorder {
  for (const one of attempts) {
    const tags = recorder.tags.of([['tier', `t${one.tier}`]])
    const dimensions = { step: one.step, phase: one.phase, target: 0, group: 0, tags }
    recorder.started(dimensions, 0)
    if (one.reads) expect(recorder.total.counts.started).toBeGreaterThanOrEqual(0)
    recorder.settled(exchangeOf(one), dimensions, [], one.inWindow)
  }
  return recorder
}

/** The metrics of a group into which each attempt that belongs to it is recorded by itself. */
function direct(attempts: readonly Attempt[], belongs: (attempt: Attempt) => boolean) {
  const group = new GroupRecorder()
  for (const one of attempts.filter(belongs)) {
    group.receiving.start()
    const evaluation = { good: one.ok, checksPassed: 0, checksFailed: 0, inWindow: one.inWindow }
    group.receiving.add(exchangeOf(one), evaluation)
  }
  return group.toMetrics(1000)
}

test('every group has what it would have if each attempt were recorded in it', () => {
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 1, maxLength: 300, size: 'max' }), (attempts) => {
      const recorder = recorded(attempts)
      const isMeasured = ({ phase }: Attempt) => phase > 0
      expect(recorder.total.toMetrics(1000)).toEqual(direct(attempts, isMeasured))
      expect(recorder.warmup.toMetrics(1000)).toEqual(direct(attempts, ({ phase }) => phase === 0))
      for (const [i, group] of recorder.steps.entries())
        expect(group.toMetrics(1000)).toEqual(direct(attempts, (one) => isMeasured(one) && one.step === i))
      for (const [i, group] of recorder.phases.entries())
        expect(group.toMetrics(1000)).toEqual(direct(attempts, ({ phase }) => phase === i))
      for (const [tag, group] of recorder.tagged)
        expect(group.toMetrics(1000)).toEqual(direct(attempts, (one) => isMeasured(one) && tag === `tier=t${one.tier}`))
      expect(recorder.selected[0]?.toMetrics(1000)).toEqual(direct(attempts, ({ step, phase }) => step === 1 && phase === 2))
      recorder.endSecond(0, 1000, 'one', 1, { inFlight: 0, peakInFlight: 0 })
      expect(recorder.timeline.toRows()[0]?.ok).toBe(attempts.filter(({ ok }) => ok).length)
    }),
    { numRuns: 8 },
  )
})

test('groups that are held are read in pieces as they were, and forget nothing that comes meanwhile', () => {
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 2, maxLength: 100, size: 'max' }), (attempts) => {
      const [before, after] = [attempts.slice(0, attempts.length / 2), attempts.slice(attempts.length / 2)]
      const isMeasured = ({ phase }: Attempt) => phase > 0
      const recorder = recorded(before)
      recorder.groups.hold()
      const work = recorder.total.metrics(1000)
      const first = work.next()
      recorded(after, recorder)
      expect(recorder.total.counts.planned).toBe(attempts.filter(isMeasured).length)
      expect(recorder.total.histogramOf('itl')?.count).toBe(2 * attempts.filter((one) => isMeasured(one) && one.ok).length)
      expect(first.done ? first.value : atOnce(work)).toEqual(direct(before, isMeasured))
      atOnce(recorder.groups.release())
      expect(recorder.total.toMetrics(1000)).toEqual(direct(attempts, isMeasured))
      for (const [i, group] of recorder.steps.entries())
        expect(group.toMetrics(1000)).toEqual(direct(attempts, (one) => isMeasured(one) && one.step === i))
    }),
    { numRuns: 8 },
  )
})
