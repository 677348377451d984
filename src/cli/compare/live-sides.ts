/** Loads the two scenarios of a live comparison: two targets of one file, or two files. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { type Arm, inPairs } from '../../compare/live/pair-order.ts'
import { UsageError } from '../../errors.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { loadAll } from '../load/load-all.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { loadNamedPlugins } from '../load/plugin/of-scenarios.ts'
import { refusePublic } from '../load/public/refuse.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { refuseInput } from '../run/inputs.ts'
import type { LiveFlags } from './flags.ts'
import { salted } from './salt.ts'

/** Side A or B of a live comparison (`burn compare` with scenarios): its letter, its name in reports, and the loaded scenario that is run for it. */
export interface LiveSide {
  readonly arm: Arm
  /** The name of the side in reports: that of its target or of its file. */
  readonly name: string
  readonly loaded: LoadedScenario
}

/** How the scenarios of a live comparison are changed before they run. */
interface LiveOptions {
  /** True when both sides run at the same time. */
  readonly together: boolean
  /** True to put a text of its own before the prompts of each side, so that neither side's replies come from a cache that the other has filled. */
  readonly salt: boolean
}

/**
 * Loads the scenarios of sides A and B for `burn compare` when it runs both: two files, two targets of one file, or one file sent to its own and
 * another address (`--against`) or run without and with its injected faults (`--faults`).
 * @throws UsageError when files and flags do not give exactly two sides, ScenarioError
 */
export function liveSides(
  files: readonly string[],
  flags: LiveFlags,
  command: Command,
  options: LiveOptions,
): [LiveSide, LiveSide] {
  const [first, second, ...more] = files
  if (first === undefined || more.length > 0)
    throw new UsageError(
      `${files.length} scenarios are named: two are compared, or two targets of one`,
      'burn compare chat.yaml --target a,b',
    )
  const [a, b] = sidesOf(first, second, flags, command)
  if (flags.output !== undefined) refuseInput('--output', flags.output, files, [a.loaded, b.loaded])
  // With one seed, both sides draw the same data, think times and arrivals.
  const { seed } = a.loaded.plan
  const [planA, planB] = withOneJudge(a.loaded.plan, b.loaded.plan)
  return [prepared('a', a, { ...planA, seed }, options), prepared('b', b, { ...planB, seed }, options)]
}

/**
 * Prepares the scenarios that `burn compare` is to run. It loads the plugins that they name, and checks that no large load goes to a public address
 * unless the flags allow it. Call it before the runs start.
 * @throws UsageError
 */
export async function admitSides(sides: readonly LiveSide[], flags: LiveFlags): Promise<void> {
  const loaded = sides.map((side) => side.loaded)
  await loadNamedPlugins(loaded, flags)
  await refusePublic(loaded, flags)
}

type SideWithoutArm = Omit<LiveSide, 'arm'>

function sidesOf(
  first: string,
  second: string | undefined,
  flags: LiveFlags,
  command: Command,
): [SideWithoutArm, SideWithoutArm] {
  if (command.getOptionValueSource('faults') === 'cli' && flags.faults) return withFaults(first, second, flags, command)
  if (flags.against === undefined)
    return second === undefined ? twoTargets(first, flags, command) : twoFiles(first, second, flags, command)
  if (second !== undefined)
    throw new UsageError('--against names the second side, and a second scenario is named too', 'leave out one of them')
  const [a, b] = [one(first, flags, command), one(first, { ...flags, endpoint: flags.against }, command)]
  return [addressed(a), addressed(b)]
}

/** Returns the sides of `--faults`: A is the scenario without its faults, B is the scenario with them. */
function withFaults(
  file: string,
  second: string | undefined,
  flags: LiveFlags,
  command: Command,
): [SideWithoutArm, SideWithoutArm] {
  if (second !== undefined || flags.against !== undefined)
    throw new UsageError('--faults names both sides: a scenario without its faults, and with them', 'leave out the second side')
  const [a, b] = [one(file, { ...flags, faults: false }, command), one(file, flags, command)]
  if (b.loaded.plan.faults === undefined && b.loaded.plan.wireFaults === undefined)
    throw new UsageError(
      `${file} injects no faults: both sides would be the same`,
      'write faults: [ { delay: 1s, probability: 5% } ]',
    )
  return [
    { ...a, name: 'without faults' },
    { ...b, name: 'with faults' },
  ]
}

/** Names a side after its address, because both sides come from the same file. */
function addressed({ name, loaded }: SideWithoutArm): SideWithoutArm {
  const source = loaded.plan.targets[0]?.url.source
  return { name: source === undefined ? name : knownSecrets.redact(source), loaded }
}

function twoTargets(file: string, flags: RunFlags, command: Command): [SideWithoutArm, SideWithoutArm] {
  const [a, b, ...more] = loadAll([file], flags, command).map((loaded) => ({ name: loaded.plan.targets[0]?.name ?? '', loaded }))
  if (a && b && more.length === 0) return [a, b]
  throw new UsageError(
    `${file}: ${a && b ? `${more.length + 2} targets` : 'one target'}, and two are compared`,
    a && b
      ? 'name two with --target a,b'
      : 'name a second scenario, or an address with --against, or give the scenario `targets:` with two names',
  )
}

function twoFiles(first: string, second: string, flags: RunFlags, command: Command): [SideWithoutArm, SideWithoutArm] {
  return [one(first, flags, command), one(second, flags, command)]
}

/** Loads the only scenario of a file. @throws UsageError when the file has several scenarios or targets */
function one(file: string, flags: RunFlags, command: Command): SideWithoutArm {
  const [loaded, ...more] = loadAll([file], flags, command)
  if (loaded && more.length === 0) return { name: basename(file), loaded }
  throw new UsageError(`${file} holds ${more.length + 1} scenarios or targets: one is compared`, 'choose one with --target')
}

/**
 * Returns the plans of both sides with one judge in common: that of A or, when A has none, that of B. It is asked about pairs of replies after both
 * runs. Thresholds on judge scores are removed, because no single reply is scored.
 */
function withOneJudge(a: Plan, b: Plan): [Plan, Plan] {
  const judge = a.judge ?? b.judge
  const asked = (plan: Plan): Plan => ({
    ...plan,
    judge,
    thresholds: plan.thresholds.filter(({ metric }) => !metric.name.startsWith('judge_')),
  })
  return judge === undefined ? [a, b] : [asked(a), asked(b)]
}

function prepared(arm: Arm, { name, loaded }: SideWithoutArm, own: Plan, { together, salt }: LiveOptions): LiveSide {
  const { seed } = own
  const plan = salt ? salted(own, `${seed}-${arm}`) : own
  const phases = together ? plan.phases.map((phase, i) => ({ ...phase, load: inPairs(phase.load, arm, seed, i) })) : plan.phases
  return { arm, name, loaded: { ...loaded, plan: { ...plan, phases } } }
}
