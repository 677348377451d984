/** Two systems that are measured side by side, made of random numbers: log-normal latencies, a drift, and a state that both share. */

import type { ComparedRun } from '../../src/compare/compared-run.ts'
import { intoBlocks, type MeasuredBlock, NO_BLOCK_COUNTS } from '../../src/metrics/groups/blocks.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { createRandom, type Random } from '../../src/random.ts'
import type { Result } from '../../src/result/schema.ts'
import { fine } from '../report/results.ts'

/** What is simulated. */
export interface Simulated {
  readonly seed: string
  /** Attempts of each side. */
  readonly attempts: number
  readonly seconds: number
  /** By how much B is slower: 1.1 is 10 %. */
  readonly slower?: number
  /** By how much both become slower until the end. */
  readonly drift?: number
  /** Whether both share a state of the server that changes slowly: 30 % of the variance, correlation 0.95 from second to second. */
  readonly autocorrelated?: boolean
  readonly errorsA?: number
  readonly errorsB?: number
}

const SPREAD = 0.5
const STATE_SHARE = 0.3
const CORRELATION = 0.95

/** The shared state of each second, with a standard deviation of 1. */
function states(seconds: number, random: Random): number[] {
  let state = random.normal(0, 1)
  return Array.from({ length: seconds }, () => {
    const now = state
    state = CORRELATION * state + Math.sqrt(1 - CORRELATION ** 2) * random.normal(0, 1)
    return now
  })
}

interface Arm {
  readonly factor: number
  readonly errors: number
  readonly random: Random
}

function secondOf(at: number, attempts: number, shift: number, spread: number, { factor, errors, random }: Arm): MeasuredBlock {
  const histogram = new Histogram('ms')
  const counts = { ...NO_BLOCK_COUNTS }
  for (let i = 0; i < attempts; i += 1) {
    if (random.next() < errors) counts.failed += 1
    else {
      counts.ok += 1
      histogram.record(200 * factor * Math.exp(shift + random.normal(0, spread)))
    }
  }
  const latencies = histogram.count > 0 ? { response_time: histogram.sparse() } : {}
  return { atMs: at * 1000, lengthMs: 1000, counts, latencies }
}

/** Returns both sides of a simulated comparison. */
export function simulate(settings: Simulated): { readonly a: ComparedRun; readonly b: ComparedRun } {
  const { seed, attempts, seconds, slower = 1, drift = 0, autocorrelated = false, errorsA = 0, errorsB = errorsA } = settings
  const shared = autocorrelated ? states(seconds, createRandom(seed, 'state')) : []
  const [stateSpread, ownSpread] = autocorrelated
    ? [SPREAD * Math.sqrt(STATE_SHARE), SPREAD * Math.sqrt(1 - STATE_SHARE)]
    : [0, SPREAD]
  const side = (name: string, factor: number, errors: number): ComparedRun => {
    const arm = { factor, errors, random: createRandom(seed, name) }
    const blocks = Array.from({ length: seconds }, (_, at) => {
      const size = Math.floor(((at + 1) * attempts) / seconds) - Math.floor((at * attempts) / seconds)
      return secondOf(at, size, Math.log1p((drift * at) / seconds) + stateSpread * (shared[at] ?? 0), ownSpread, arm)
    })
    return { name, result: { ...fine, runId: name } satisfies Result, blocks: intoBlocks(blocks) }
  }
  return { a: side('a', 1, errorsA), b: side('b', slower, errorsB) }
}
