/** The load: does it measure anything, and is it as large as was meant? */
import { formatMs } from '../../text/units.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Phase, Scenario } from '../schema/schema.ts'
import { allSteps, mapAt } from '../schema/written-steps.ts'

const LONG_MS = 3_600_000
const MANY_USERS = 1000
const HIGH_RATE = 1000
const MANY_ROUNDS = 100_000

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The largest of a number, or of the two ends of a ramp. */
function peak(value: unknown): number {
  const { from, to } = mapAt(value, [])
  return Math.max(number(value), number(from), number(to))
}

/** The most iterations that a phase starts in a second, as far as the file tells; users with a pace keep to it each. */
function peakRate({ rate, users, pace }: Phase['fields']): { rate: number; key: string } {
  return pace === undefined ? { rate: peak(rate), key: 'rate' } : { rate: peak(users) * peak(pace), key: 'pace' }
}

const lengthOf = ({ fields }: Phase) => number(fields.for) + number(fields.pause)

/** Whether a phase may start an iteration. A ramp that begins where the phase before ended counts: it may come down from there. */
function starts({ fields }: Phase): boolean {
  if (fields.pause !== undefined) return false
  const size = fields.rate ?? fields.users
  if (typeof size !== 'object') return true
  const { from, to } = mapAt(size, [])
  return from === undefined || number(from) > 0 || number(to) > 0
}

/** The phase of the largest size, when it is above `most`: of many such phases one says enough. */
function largest(phases: readonly Phase[], most: number, sizeOf: (phase: Phase) => number) {
  const sizes = phases.map(sizeOf)
  const size = sizes.reduce((highest, one) => Math.max(highest, one), 0)
  const index = sizes.indexOf(size)
  const phase = phases[index]
  return size > most && phase !== undefined ? [{ size, fields: phase.fields, path: ['load', index] }] : []
}

function sizeFindings(phases: readonly Phase[]): Finding[] {
  const users = largest(phases, MANY_USERS, ({ fields }) => peak(fields.users)).map(({ size, path }) => {
    const message = `${size} users: sockets and memory of this machine may not do`
    return findingAt('W_MANY_USERS', [...path, 'users'], 'value', message, '`burn plan` compares them with the limits')
  })
  const rates = largest(phases, HIGH_RATE, ({ fields }) => peakRate(fields).rate).map(({ size, path, fields }) => {
    const message = `${size} iterations a second: one machine may not do`
    const hint = 'a short run against `burn mock` shows whether this one does'
    return findingAt('W_HIGH_RATE', [...path, peakRate(fields).key], 'value', message, hint)
  })
  return [...users, ...rates]
}

function rampFindings({ fields }: Phase, index: number): Finding[] {
  if (number(fields.ramp) <= number(fields.for)) return []
  const message = `the ramp (${formatMs(number(fields.ramp))}) is longer than its phase: the end of it is never reached`
  return [findingAt('W_RAMP_LONGER', ['load', index, 'ramp'], 'value', message)]
}

function nothingMeasured(phases: readonly Phase[]): Finding[] {
  // A hole is a phase that could not be read.
  const unread = Object.keys(phases).length < phases.length
  if (phases.length === 0 || unread || phases.some((phase) => !phase.warmup && starts(phase))) return []
  const warm = phases.some((phase) => phase.warmup)
  const hint = warm ? 'add a phase without warmup' : 'add a phase with users, a rate or iterations'
  const message = warm ? 'every phase that starts anything is a warm-up: nothing would be measured' : 'no phase starts anything'
  return [findingAt('E_NOTHING_MEASURED', ['load'], 'key', message, hint)]
}

function roundFindings(value: unknown): Finding[] {
  return allSteps(value).flatMap(({ step, path, rounds }) => {
    if (step.loop === undefined) return []
    const { times, max } = mapAt(step, ['loop'])
    if (times === 0) return [findingAt('W_LOOP_NEVER', [...path, 'loop', 'times'], 'value', 'this loop never runs')]
    const own = typeof times === 'number' ? times : typeof max === 'number' ? max : 1
    if (rounds * own <= MANY_ROUNDS) return []
    const message = `up to ${rounds * own} rounds in one iteration, the loops around this one multiplied`
    return [findingAt('W_MANY_ROUNDS', [...path, 'loop'], 'value', message, 'set max, or fewer times')]
  })
}

/** Returns findings about `load`: very long runs, ramps, sizes, phases that measure nothing. `value` is the scenario as written. */
export function loadFindings(scenario: Scenario, value: unknown): Finding[] {
  const phases = scenario.load ?? []
  const total = phases.reduce((sum, phase) => sum + lengthOf(phase), 0)
  const message = `the phases take ${formatMs(total)} together`
  const long = total > LONG_MS ? [findingAt('W_LONG_RUN', ['load'], 'key', message)] : []
  return [...nothingMeasured(phases), ...long, ...sizeFindings(phases), ...phases.flatMap(rampFindings), ...roundFindings(value)]
}
