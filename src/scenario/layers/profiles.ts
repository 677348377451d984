/**
 * Built-in profiles for `--profile`, which every scenario has: common sizes of load. A profile of the same name in the scenario replaces one of
 * these.
 */

import { member, valueAt } from '../schema/schema-walk.ts'
import { targetPaths } from '../schema/written-steps.ts'
import type { Override } from './overrides.ts'

interface BuiltInProfile {
  /** A description of the profile in one line. */
  readonly describe: string
  readonly load: readonly Readonly<Record<string, unknown>>[]
  /** Thresholds that the profile adds to those of the scenario, as the scenario writes them. */
  readonly thresholds?: readonly (string | Readonly<Record<string, string>>)[]
  /** Time-outs that the profile sets for every target, as the scenario writes them. */
  readonly timeouts?: Readonly<Record<string, string>>
}

/** The built-in profiles that `--profile` can apply to any scenario, by name. Each sets a ready-made load, such as 10 users for 30 seconds. */
export const builtInProfiles: Readonly<Record<string, BuiltInProfile>> = {
  smoke: { describe: '5 users at 2 iterations a second each, 30 s', load: [{ users: 5, for: '30s', pace: '2/s' }] },
  quick: { describe: '10 users, 30 s', load: [{ users: 10, for: '30s' }] },
  medium: { describe: '50 users, 2 min', load: [{ users: 50, for: '2m' }] },
  heavy: { describe: '100 users, 5 min', load: [{ users: 100, for: '5m' }] },
  extreme: { describe: '200 users, 5 min', load: [{ users: 200, for: '5m' }] },
  spike: {
    describe: '10 users, after 10 s 50 for a minute, then 10 again for 30 s; the phases are told apart',
    load: [
      { name: 'base', users: 10, for: '10s' },
      { name: 'spike', users: 50, for: '1m' },
      { name: 'recovery', users: 10, for: '30s' },
    ],
  },
  rampup: { describe: 'up to 50 users over 30 s, then 2 min', load: [{ name: 'rampup', users: 50, for: '150s', ramp: '30s' }] },
  'rampup-30': {
    describe: 'up to 30 users over 20 s, then 1 min',
    load: [{ name: 'rampup', users: 30, for: '80s', ramp: '20s' }],
  },
  'spike-25': {
    describe: '5 users, after 10 s 25 for 30 s, then 5 again for 30 s; the phases are told apart',
    load: [
      { name: 'base', users: 5, for: '10s' },
      { name: 'spike', users: 25, for: '30s' },
      { name: 'recovery', users: 5, for: '30s' },
    ],
  },
  soak: {
    describe: '20 users at 2 iterations a second each, 24 h',
    load: [{ name: 'soak', users: 20, for: '24h', pace: '2/s' }],
  },
  timeout: {
    describe:
      '10 users, 30 s; deadlines of 1 s to the first token, 500 ms between pieces, 3 s in all; warns when none was missed',
    load: [{ users: 10, for: '30s' }],
    thresholds: [{ threshold: 'timeouts count >= 1', severity: 'warn' }],
    timeouts: { firstToken: '1s', idle: '500ms', total: '3s' },
  },
  'capacity-100': {
    describe: '100 users, 2 min; every 95th reply of 100 within 10 s, errors below 1 %',
    load: [{ users: 100, for: '2m', ramp: '10s' }],
    thresholds: ['response_time p95 < 10s', 'errors ratio < 1%'],
  },
}

/**
 * Returns the changes that a built-in profile, such as `smoke`, makes to a scenario: it replaces the load, sets its time-outs (if it has any) in each
 * target, and adds its thresholds. `raw` is the data of the scenario before the changes.
 */
export function profileOverrides(
  name: string,
  { load, thresholds = [], timeouts = {} }: BuiltInProfile,
  raw: unknown,
): Override[] {
  const source = `profile ${name}`
  const own = member(raw, 'thresholds')
  const added: Override[] = Array.isArray(own)
    ? thresholds.map((value, index) => ({ path: ['thresholds', own.length + index], value, source }))
    : [{ path: ['thresholds'], value: [...thresholds], source }]
  const targets = targetPaths(raw).filter((path) => valueAt(raw, path) !== undefined)
  const deadlines = Object.entries(timeouts).flatMap(([key, value]) =>
    targets.map((path) => ({ path: [...path, 'timeouts', key], value, source })),
  )
  return [{ path: ['load'], value: structuredClone(load), source }, ...(thresholds.length > 0 ? added : []), ...deadlines]
}
