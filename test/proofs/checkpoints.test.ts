/** How long a checkpoint holds the event loop, beside the same work done at once. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withMetrics } from '../../src/engine/outcome/result-groups.ts'
import { Recorder } from '../../src/metrics/recorder.ts'
import { atOnce, inTurns, type Pieces } from '../../src/pieces.ts'
import { jsonInPieces } from '../../src/store/json-pieces.ts'
import { okExchange } from '../metrics/exchanges.ts'

/** A run with attempts of all lengths in every step and tag value. */
function filled(steps: number, values: number): Recorder {
  const recorder = new Recorder({
    steps: Array.from({ length: steps }, (_, i) => ({ name: `s${i}`, kind: 'request', checks: [], flow: undefined })),
    phases: [{ name: 'main', warmup: false, setupOrTeardown: false }],
    targets: ['target'],
    groups: [],
    selectors: [],
  })
  const sets = Array.from({ length: values }, (_, i) => recorder.tags.of([[`tag${i % 2}`, `v${i}`]]))
  for (let i = 0; i < 60_000; i += 1) {
    const dimensions = { step: i % steps, phase: 0, target: 0, group: 0, tags: sets[i % values] }
    const ended = (i * 7.919) % 3000
    recorder.started(dimensions, 0)
    recorder.settled(okExchange({ firstByte: ended / 2, ended, bytes: i }), dimensions, [], true)
  }
  return recorder
}

/** What a checkpoint does after its first piece: the metrics of all groups, then their text. */
function* checkpoint({ groups }: Recorder): Pieces<number> {
  groups.hold()
  const all = [groups.total, ...groups.steps, ...groups.phases, ...groups.tagged.values()]
  const metrics = yield* withMetrics(all.map((group) => ({ head: {}, group, windowMs: 1000 })))
  yield* groups.release()
  return (yield* jsonInPieces({ metrics })).length
}

/** The longest time in which the event loop did nothing but the work, and in how many turns the work was done. */
async function watched(work: () => Promise<unknown>): Promise<{ readonly longestMs: number; readonly turns: number }> {
  let [turns, longestMs, isOver] = [0, 0, false]
  const done = work().finally(() => {
    isOver = true
  })
  for (let at = performance.now(); !isOver; turns += 1) {
    await nextTurn()
    longestMs = Math.max(longestMs, performance.now() - at)
    at = performance.now()
  }
  await done
  return { longestMs, turns }
}

test.each([
  ['1 step', 1, 0],
  ['100 steps', 100, 0],
  ['100 tag values', 1, 100],
])('%s: many turns of the event loop, each a small part of the whole', async (name, steps, values) => {
  const recorder = filled(steps, values)
  atOnce(checkpoint(recorder))
  const startedAt = performance.now()
  const parts = atOnce(checkpoint(recorder))
  const wholeMs = performance.now() - startedAt
  const rounds = []
  for (let round = 0; round < 5; round += 1) rounds.push(await watched(() => inTurns(checkpoint(recorder))))
  // The machine may stop the process at any time: what counts is the calmest round.
  const longestMs = Math.min(...rounds.map((round) => round.longestMs))
  const turns = Math.min(...rounds.map((round) => round.turns))
  console.log(
    `${name}: ${wholeMs.toFixed(1)} ms at once (${parts} parts of text); ${turns} turns, the longest ${longestMs.toFixed(2)} ms`,
  )
  expect(turns).toBeGreaterThan(steps + values > 50 ? 50 : 5)
  expect(longestMs).toBeLessThan(steps + values > 50 ? wholeMs / 5 : wholeMs / 2)
})
