/** How long a checkpoint holds the event loop: no turn takes longer than the one piece of work that cannot be divided. */
import { expect, test } from 'vitest'
import { checkpointInPieces } from '../../src/engine/outcome/build-result.ts'
import { dimensionsOf } from '../../src/engine/outcome/dimensions.ts'
import { ThresholdEvaluators } from '../../src/engine/outcome/evaluators.ts'
import { RunState } from '../../src/engine/outcome/run-state.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { Recorder } from '../../src/metrics/recorder.ts'
import { DEFAULT_BOUNDS } from '../../src/metrics/validity/facts.ts'
import { inTurns, type Pieces } from '../../src/pieces.ts'
import { EMPTY_RESULT } from '../../src/result/empty.ts'
import { planRun } from '../../src/scenario/compile.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { jsonInPieces } from '../../src/store/json-pieces.ts'
import { okExchange } from '../metrics/exchanges.ts'

/** The most that one turn may take, in ms. */
const LONGEST_MS = 2
const ROUNDS = 10
/** Attempts before the first checkpoint, and between two. */
const [FIRST, MORE] = [60_000, 5000]

function stateOf(steps: number): RunState {
  const text = JSON.stringify({
    name: 'checkpoints',
    target: { url: 'http://127.0.0.1:1/' },
    load: [{ rate: '1000/s', for: '60s' }],
    thresholds: ['service_time p95 <= 100ms', 'response_time p99 <= 1s', 'errors < 1%', 'ttfb p95 < 1s', 'rate > 1/s'],
    steps: Array.from({ length: steps }, (_, i) => ({ name: `s${i}`, request: { method: 'GET' } })),
  })
  const { scenario, plan: body } = validateScenario(text, 'test.json')
  if (!scenario || !body) throw new Error('the scenario is not valid')
  const plan = planRun(scenario, body, { file: null, seed: 'a', secrets: [] })
  const state = new RunState(plan, new Recorder(dimensionsOf(plan)), {
    users: () => 0,
    queued: () => 0,
    origins: new Map(),
    health: () => EMPTY_RESULT.generator,
  })
  state.phaseTimes.push({ startAt: state.startedAt, endAt: Number.NaN })
  return state
}

/** Adds attempts of all lengths to every step and tag value. */
function fill({ recorder, plan }: RunState, tags: ReturnType<Recorder['tags']['of']>[], from: number, to: number): void {
  for (let i = from; i < to; i += 1) {
    const dimensions = { step: i % plan.exchanges.length, phase: 0, target: 0, group: 0, tags: tags[i % tags.length] }
    const ended = (i * 7.919) % 3000
    recorder.started(dimensions, 0)
    recorder.settled(okExchange({ firstByte: ended / 2, ended, bytes: i }), dimensions, [], true)
  }
}

/** Passes work on, and notes how long each turn of `inTurns` took: the time from one wait for a turn to the next. */
async function turnsOf(work: Pieces<unknown>): Promise<number[]> {
  const turns: number[] = []
  let [taken, units] = [0, 0]
  function* watched(): Pieces<void> {
    for (;;) {
      const startedAt = performance.now()
      const step = work.next()
      taken += performance.now() - startedAt
      units += step.done ? Number.POSITIVE_INFINITY : step.value
      if (units >= 4096) {
        turns.push(taken)
        taken = 0
        units = 0
      }
      if (step.done) return
      yield step.value
    }
  }
  await inTurns(watched())
  return turns
}

/** How long it takes to encode the widest distribution, which is one piece. */
function widestMs(): number {
  const widest = new Histogram('ms')
  for (let at = 0.001; at < 3_600_000; at *= 1.0005) widest.record(at)
  const startedAt = performance.now()
  widest.toDistribution()
  return performance.now() - startedAt
}

test.each([
  ['1 step', 1, 0],
  ['100 steps', 100, 0],
  ['100 tag values', 1, 100],
])('%s: many turns of the event loop, none of which takes long', async (name, steps, values) => {
  const state = stateOf(steps)
  const evaluators = new ThresholdEvaluators(state.plan, state.recorder, state)
  const tags = Array.from({ length: values }, (_, i) => state.recorder.tags.of([[`tag${i % 2}`, `v${i}`]]))
  fill(state, tags, 0, FIRST)
  const context = { runId: 'a', isRunning: true, evaluators, bounds: DEFAULT_BOUNDS, exits: [], wasSignalled: false, notes: [] }
  // The machine may stop the process at any time: what counts is the shortest time of each turn. As they differ a little from round to
  // round, each is compared with its neighbours.
  const rounds: number[][] = []
  let widest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round += 1) {
    fill(state, tags, FIRST + round * MORE, FIRST + (round + 1) * MORE)
    function* whole(): Pieces<unknown> {
      return yield* jsonInPieces(yield* checkpointInPieces(state, context))
    }
    rounds.push(await turnsOf(whole()))
    widest = Math.min(widest, widestMs())
  }
  const shortest = (turn: number) => Math.min(...rounds.map((turns) => turns[turn] ?? Number.POSITIVE_INFINITY))
  const turns = Math.min(...rounds.map(({ length }) => length))
  const all = Array.from({ length: turns }, (_, turn) => shortest(turn))
  const longest = Math.max(...all)
  console.log(
    `${name}: ${turns} turns; the longest ${longest.toFixed(2)} ms (turn ${all.indexOf(longest)}), the widest distribution ${widest.toFixed(2)} ms`,
  )
  expect(turns).toBeGreaterThan(steps + values > 50 ? 50 : 5)
  expect(longest).toBeLessThan(Math.max(LONGEST_MS, 2 * widest))
})
