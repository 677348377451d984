import * as z from 'zod'
import { positiveDuration, rate, rateOrZero } from '../fields.ts'
import { formatMs } from '../text/units.ts'
import { openFields, openLoad } from './arrivals.ts'
import { closedLoad } from './closed.ts'
import { defineShape, phaseObject, usersFrom } from './executor.ts'
import { piecewise } from './timetable/curve.ts'

/** Largest number of levels in one phase. */
const MOST_LEVELS = 1000

interface Stairs {
  readonly from: number
  readonly step: number
  readonly to: number
  /** Length of each level of the stairs, in ms. */
  readonly every: number
}

/** Returns the levels of stairs in turn. The last is `to`, even when the step to it is smaller than the others. */
function levelsOf({ from, step, to }: Stairs): number[] {
  const up = to >= from
  return Array.from({ length: countOf({ from, step, to }) }, (_, n) =>
    up ? Math.min(to, from + n * step) : Math.max(to, from - n * step),
  )
}

const countOf = ({ from, step, to }: Omit<Stairs, 'every'>) => Math.ceil(Math.abs(to - from) / step - 1e-9) + 1
const lengthOf = (stairs: Stairs) => countOf(stairs) * stairs.every

/** Checks that stairs lead from one level to another, and have no more than MOST_LEVELS levels. */
function checkStairs(stairs: Stairs, context: z.RefinementCtx): void {
  const problem = (key: 'to' | 'step', message: string) => context.addIssue({ code: 'custom', path: [key], message })
  const count = countOf(stairs)
  if (stairs.from === stairs.to) problem('to', 'must differ from `from`: these stairs have no step')
  else if (count > MOST_LEVELS) problem('step', `is too small: it gives ${count} levels, and ${MOST_LEVELS} are allowed`)
}

/** Checks that a phase is long enough for all levels of its stairs. */
function checkLength(stairs: Stairs, lengthMs: number | undefined, context: z.RefinementCtx): void {
  if (lengthMs === undefined || lengthMs >= lengthOf(stairs)) return
  const message = `is too short: ${countOf(stairs)} levels take ${formatMs(lengthOf(stairs))}`
  context.addIssue({ code: 'custom', path: ['for'], message })
}

const every = () => positiveDuration().describe('How long each level lasts')
const length = () =>
  positiveDuration()
    .optional()
    .describe('How long the phase lasts: the last level stays until then. Left out: it lasts as long as the others')

/** The load shape `{ rate: { from: 10/s, step: 10/s, to: 50/s, every: 30s } }`: the arrival rate goes up or down by steps. */
export const stairsArrivalRate = defineShape({
  name: 'stairs-arrival-rate',
  describe: 'An arrival rate that goes up or down in steps, each level for the same time (open model)',
  fields: phaseObject(() => ({
    rate: z
      .strictObject({
        from: rateOrZero().describe('Rate of the first level'),
        step: rate().describe('By how much each level differs from the one before'),
        to: rateOrZero().describe('Rate of the last level; below `from`, the stairs go down'),
        every: every(),
      })
      .superRefine(checkStairs)
      .describe('Iterations started per second, minute or hour'),
    for: length(),
    ...openFields(),
  })).superRefine((phase, context) => checkLength(phase.rate, phase.for, context)),
  build: (phase) => {
    const levels = levelsOf(phase.rate).map((level) => ({ lengthMs: phase.rate.every, from: level, to: level }))
    return openLoad(piecewise(levels), phase.for ?? lengthOf(phase.rate), phase)
  },
})

/** The load shape `{ users: { from: 10, step: 10, to: 50, every: 30s } }`: the number of users goes up or down by steps. */
export const stairsVus = defineShape({
  name: 'stairs-vus',
  describe: 'A number of users that goes up or down in steps, each level for the same time (closed model)',
  fields: phaseObject(() => ({
    users: z
      .strictObject({
        from: usersFrom(0).describe('Users of the first level'),
        step: usersFrom(1).describe('By how many each level differs from the one before'),
        to: usersFrom(0).describe('Users of the last level; below `from`, the stairs go down'),
        every: every(),
      })
      .superRefine(checkStairs)
      .describe('Users at work at the same time'),
    for: length(),
    pace: rate().optional().describe('Iterations that each user starts per second, on its own timetable'),
  })).superRefine((phase, context) => checkLength(phase.users, phase.for, context)),
  build: ({ users, for: lengthMs = lengthOf(users), pace }) => {
    const levels = levelsOf(users)
    return closedLoad({
      lengthMs,
      maxUsers: Math.max(users.from, users.to),
      pacePerSecond: pace,
      usersAt: (elapsedMs) => levels[Math.floor(Math.max(0, elapsedMs) / users.every)] ?? users.to,
    })
  },
})
