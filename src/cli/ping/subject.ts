import type { Command } from 'commander'
import { presets } from '../../dialects/presets.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import { targetsOf } from '../../scenario/schema/target.ts'
import { type LoadedScenario, loadScenarios } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { isAddress } from '../load/subject.ts'
import type { ProbeWish } from './probe.ts'

/** One ping to make: of a target by its name, or of a flow by its index. */
export type Probe = Pick<ProbeWish, 'target' | 'flow'>

/** The values of the flags of `burn ping`, with those of `burn run`. */
export type PingFlags = RunFlags & { readonly timeout: string; readonly raw?: boolean; readonly all?: boolean }

/** Returns the pings to make: one per target, or with --all one per flow, so that a failed one does not stop the others. */
export function probesOf(scenario: Scenario, all: boolean): Probe[] {
  if (!all) return Object.keys(targetsOf(scenario)).map((target) => ({ target }))
  return (scenario.flows ?? [scenario]).map((_, flow) => ({ target: undefined, flow }))
}

/** Loads the scenario of a ping from a file, an address or the name of a preset. */
export function loadSubject(subject: string | undefined, flags: PingFlags, command: Command): LoadedScenario[] {
  if (subject !== undefined && Object.hasOwn(presets, subject))
    return loadScenarios(undefined, { ...flags, preset: subject }, command)
  if (subject !== undefined && isAddress(subject)) return loadScenarios(undefined, { ...flags, endpoint: subject }, command)
  // `--message` is left out here: it replaces the steps later, which also works for scenarios with flows.
  const { message: _message, ...rest } = flags
  return loadScenarios(subject, subject === undefined ? flags : rest, command)
}
