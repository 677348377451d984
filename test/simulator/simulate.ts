/** One drawn scenario, run in virtual time, and everything that has to hold of it whatever was drawn. */

import { after } from '../../src/clock.ts'
import type { Exchange } from '../../src/exchange.ts'
import type { Counts } from '../../src/result/schema.ts'
import type { RunInput } from '../support/run.ts'
import { MemoryTarget, runVirtual, type VirtualRun } from '../support/virtual.ts'
import { type Drawn, draw } from './draw.ts'
import { injectedFaultsOf } from './injected.ts'

/** Deadlines of every target here, in ms. */
const TIMEOUTS = { connect: 100, firstByte: 250, idle: 200, total: 600 }

export interface Simulated extends VirtualRun {
  readonly target: MemoryTarget
}

/** Makes another scenario of a drawn one. */
export type Change = (scenario: Drawn['scenario']) => Drawn['scenario']

/** Runs the scenario of a seed, or what `change` makes of it. */
export async function simulate(seed: number, change: Change = (scenario) => scenario): Promise<Simulated> {
  const { scenario: drawn, behaviour, stops } = draw(seed)
  const scenario = change(drawn)
  const target = new MemoryTarget(behaviour)
  const timeouts = Object.fromEntries(Object.entries(TIMEOUTS).map(([stage, ms]) => [stage, `${ms}ms`]))
  const input = { ...scenario, target: { url: target.url, protocol: 'memory', timeouts } } as unknown as RunInput
  // Those of this function itself, which the run may be too short for.
  let armed = 0
  const at = (ms: number, act: () => void) => {
    armed += 1
    after(ms, () => {
      armed -= 1
      act()
    })
  }
  const run = await runVirtual(input, {
    check: false,
    during(control) {
      const [first, second] = stops
      if (first === undefined) return
      at(first, () => {
        control.stop('signal')
        if (second !== undefined) at(second, () => control.cancel())
      })
    },
  })
  return { ...run, timersLeft: run.timersLeft - armed, target }
}

/** What does not hold, in words; empty when all is well. */
export function faultsOf(run: Simulated): string[] {
  const { result, attempts, target, timersLeft } = run
  const { total, steps, phases, warmup, iterations } = result
  const faults = [
    ...[total, ...steps, ...phases, ...(warmup ? [warmup] : [])].flatMap(({ counts }, i) => conserved(counts, `group ${i}`)),
    ...attempts.flatMap(({ exchange }, i) => [...inOrder(exchange, i), ...onTime(exchange, i)]),
    ...injectedFaultsOf(run),
  ]
  const outsideLoad = attempts.filter(({ start }) => start.setupOrTeardown).length
  const measured = total.counts.started + (warmup?.counts.started ?? 0)
  if (measured !== attempts.length - outsideLoad)
    faults.push(`${attempts.length - outsideLoad} attempts, ${measured} counted as started`)
  const { planned, completed, failed, cut, dropped } = iterations
  if (planned !== completed + failed + cut + dropped) faults.push(`iterations: ${JSON.stringify(iterations)}`)
  if (target.open !== 0) faults.push(`${target.open} connections were left open`)
  if (timersLeft !== 0) faults.push(`${timersLeft} timers were left`)
  return faults
}

function conserved({ planned, started, ok, failed, cut, dropped }: Counts, where: string): string[] {
  const sum = ok + failed + cut + dropped
  if (planned === sum && started === planned - dropped) return []
  return [
    `${where}: planned ${planned}, started ${started}, but ok ${ok} + failed ${failed} + cut ${cut} + dropped ${dropped} = ${sum}`,
  ]
}

function inOrder(exchange: Exchange, index: number): string[] {
  const { intended, sentAt, firstByteAt, firstTokenAt, lastTokenAt, endedAt } = exchange
  const moments = [intended, sentAt, firstByteAt, firstTokenAt, lastTokenAt, endedAt].filter((at) => !Number.isNaN(at))
  const backwards = moments.findIndex((at, i) => i > 0 && at < (moments[i - 1] ?? at))
  return backwards < 0 ? [] : [`attempt ${index}: its moments go back: ${moments.join(', ')}`]
}

/** Every attempt ends by its own deadline, which timers of whole ms may miss by a fraction; nothing here takes time but the target. */
function onTime({ sentAt, intended, endedAt, outcome }: Exchange, index: number): string[] {
  if (outcome === undefined) return [`attempt ${index} has no outcome`]
  const tookMs = endedAt - sentAt
  if (tookMs >= TIMEOUTS.total + 1) return [`attempt ${index} took ${tookMs} ms of ${TIMEOUTS.total}`]
  return Number.isNaN(endedAt) || endedAt < intended ? [`attempt ${index} ended at ${endedAt}, due at ${intended}`] : []
}
