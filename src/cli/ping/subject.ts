import type { Command } from 'commander'
import { presets } from '../../dialects/presets.ts'
import { UsageError } from '../../errors.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import { targetsOf } from '../../scenario/schema/target.ts'
import { parseDuration } from '../../text/units.ts'
import { type LoadedScenario, loadScenarios } from '../load/load-scenario.ts'
import { type RunFlags, withUnit } from '../load/run-flags.ts'
import { isAddress } from '../load/subject.ts'
import type { ProbeWish } from './probe.ts'

/** One try of `burn ping`: either one target of the scenario, by name, or one of its flows (alternative lists of steps), by index. */
export type Probe = Pick<ProbeWish, 'target' | 'flow'>

/** The values of the flags of `burn ping`: its own, and those of `burn run` that it also takes. */
export type PingFlags = RunFlags & { readonly timeout: string; readonly raw?: boolean; readonly all?: boolean }

/** Returns the value of `--timeout` in ms. @throws UsageError when it is no duration above 0 */
export function timeoutOf({ timeout }: PingFlags): number {
  const timeoutMs = parseDuration(withUnit('--timeout', timeout, 's'))
  if (!timeoutMs) throw new UsageError(`--timeout ${timeout}: expected a duration such as 10s`)
  return timeoutMs
}

/**
 * Returns what `burn ping` tries, one after the other: each target of the scenario or, with --all, each of its flows (alternative lists of steps).
 * Each is tried on its own, so that one failure does not prevent the others.
 */
export function probesOf(scenario: Scenario, all: boolean): Probe[] {
  if (!all) return Object.keys(targetsOf(scenario)).map((target) => ({ target }))
  return (scenario.flows ?? [scenario]).map((_, flow) => ({ target: undefined, flow }))
}

/** Loads what `burn ping` is to try: a scenario from a file, or one made from an address or the name of a known API. */
export function loadSubject(subject: string | undefined, flags: PingFlags, command: Command): LoadedScenario[] {
  if (subject !== undefined && Object.hasOwn(presets, subject))
    return loadScenarios(undefined, { ...flags, preset: subject }, command)
  if (subject !== undefined && isAddress(subject)) return loadScenarios(undefined, { ...flags, endpoint: subject }, command)
  // `--message` is not applied here: it replaces the steps later, which also works for scenarios with flows.
  const { message: _message, ...rest } = flags
  return loadScenarios(subject, subject === undefined ? flags : rest, command)
}
