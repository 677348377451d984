import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { dialects } from '../../dialects/index.ts'
import { type Problem, ScenarioError, UsageError } from '../../errors.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { planOf, planRun } from '../../scenario/compile.ts'
import { baseDirOf } from '../../scenario/lint/files.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import type { Validated } from '../../scenario/validate.ts'
import { isMap, type JsonDraft } from '../../text/json.ts'
import { keepSecret, knownSecrets, namesIn, secretsIn, secretValues } from '../output/known-secrets.ts'
import { perTarget } from './batch.ts'
import { checkedSources } from './checked-sources.ts'
import { maxErrorRateOf } from './overrides.ts'
import type { RunFlags } from './run-flags.ts'

/** A scenario that is ready to run: its plan, its warnings, and from which files, profiles and flags its values come. */
export interface LoadedScenario extends Pick<Validated, 'layers' | 'overrides' | 'envUsed'> {
  readonly scenario: Scenario
  /** The scenario as written, with profile, environment and flags applied; printed by --show-config. */
  readonly raw: JsonDraft
  readonly plan: Plan
  readonly warnings: readonly Problem[]
}

/**
 * Loads the scenario in a file, or the one that flags describe; returns several when the file is a list or each target gets a run. `changes` are
 * applied after those of the flags. @throws ScenarioError, UsageError
 */
export function loadScenarios(
  file: string | undefined,
  flags: RunFlags,
  command: Command,
  changes: Validated['overrides'] = [],
): LoadedScenario[] {
  const loaded: LoadedScenario[] = []
  for (const checked of checkedSources(file, flags, command, { changes }))
    loaded.push(...loadChecked({ file, seed: undefined }, checked, flags, command))
  return loaded
}

/** Where a scenario comes from: its file (undefined: flags alone), and the seed to use when it names none (undefined: a new one). */
interface Origin {
  readonly file: string | undefined
  readonly seed: string | undefined
}

/** A new seed. The parts of one run have one seed, which follows from the name of the run. */
const drawnSeed = ({ shard }: RunFlags) =>
  shard === undefined ? randomBytes(4).toString('hex') : process.env.BURN_RUN_ID || 'shards'

/** Makes the plan of a validated scenario, or several: one for each target that gets a run of its own. @throws ScenarioError, UsageError */
export function loadChecked(
  { file, seed: usual }: Origin,
  checked: Validated,
  flags: RunFlags,
  command: Command,
): LoadedScenario[] {
  const { scenario } = checked
  const secrets = [...secretValues(checked.envUsed), ...secretsIn(checked.value)]
  const names = [...namesIn(checked.value), ...Object.keys(dialects)]
  keepSecret(secrets, names)
  if (!scenario) throw file === undefined ? usageError(checked.problems) : new ScenarioError(checked.problems)
  // All runs share one seed, so that targets are compared under the same load.
  const seed = String(scenario.seed ?? usual ?? drawnSeed(flags))
  return perTarget(scenario, checked.value, flags.target).map((one) => {
    const plan = planRun(one, bodyOf(one, scenario, checked, baseDirOf(file ?? '<flags>')), {
      file: file ?? null,
      seed,
      secrets,
      maxErrorRate: maxErrorRateOf(flags, command),
    })
    keepSecret(plan.secrets, names)
    // Faults cut off or change what is sent, and a target quotes what it got.
    if (plan.faults ?? plan.wireFaults) knownSecrets.maskPieces()
    if (flags.maxCost !== undefined) checkPrices(flags.maxCost, plan)
    const { value, layers, overrides, problems, envUsed } = checked
    return { scenario: one, raw: isMap(value) ? value : {}, layers, overrides, envUsed, plan, warnings: problems }
  })
}

/** @throws UsageError when `--max-cost` has nothing to add up, or different currencies */
function checkPrices(maxCost: NonNullable<RunFlags['maxCost']>, { targets }: Plan): void {
  const priced = targets.filter(({ pricing }) => pricing !== undefined)
  if (priced.length === 0) {
    const hint = 'write pricing: { inputPer1M: …, outputPer1M: … } under target, or name a list with --prices'
    throw new UsageError(`--max-cost ${maxCost}: no target has prices, so that no cost is known`, hint)
  }
  const currencies = new Set(priced.map(({ billing }) => billing?.currency ?? 'none'))
  if (currencies.size < 2) return
  const named = priced.map(({ name, billing }) => `${name}: ${billing?.currency ?? 'none'}`).join(', ')
  const hint = 'give the prices of all targets in one currency, with pricing.currency'
  throw new UsageError(`--max-cost ${maxCost}: prices in different currencies have no sum (${named})`, hint)
}

/** The plan that came with the check; one of several targets has a plan of its own. */
function bodyOf(one: Scenario, scenario: Scenario, { plan, value }: Pick<Validated, 'plan' | 'value'>, baseDir: string): Plan {
  return one === scenario && plan ? plan : planOf(one, { baseDir, written: value })
}

/** The error for a scenario from flags alone: without a file to point into, its problems are listed as text. */
function usageError(problems: readonly Problem[]): UsageError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  return new UsageError(errors.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('\n  '))
}
