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

/** A scenario that is ready to run: its plan, its warnings, and the origin of its values (files, profiles, flags). */
export interface LoadedScenario extends Pick<Validated, 'layers' | 'overrides' | 'envUsed'> {
  readonly scenario: Scenario
  /** The scenario as written, with profile, environment and flags applied; `--show-config` prints it. */
  readonly raw: JsonDraft
  readonly plan: Plan
  readonly warnings: readonly Problem[]
}

/**
 * Loads the scenario in a file, or the one that flags describe. Returns several when the file holds a list of scenarios, or each target gets a run
 * of its own. `changes` are changes to the scenario that apply after those of the flags.
 * @throws ScenarioError, UsageError
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

/** The origin of a scenario: its file (undefined when flags alone describe it), and the seed to use when it names none (undefined for a new one). */
interface Origin {
  readonly file: string | undefined
  readonly seed: string | undefined
}

/** Returns a new random seed. For the parts of one run, returns a seed that follows from the name of the run, so that all have the same. */
const drawnSeed = ({ shard }: RunFlags) =>
  shard === undefined ? randomBytes(4).toString('hex') : process.env.BURN_RUN_ID || 'shards'

/** Returns the plan of a validated scenario, or several plans: one for each target that gets a run of its own. @throws ScenarioError, UsageError */
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
  // All runs have the same seed, so that targets are compared under the same load.
  const seed = String(scenario.seed ?? usual ?? drawnSeed(flags))
  return perTarget(scenario, checked.value, flags.target).map((one) => {
    const plan = planRun(one, bodyOf(one, scenario, checked, baseDirOf(file ?? '<flags>')), {
      file: file ?? null,
      seed,
      secrets,
      maxErrorRate: maxErrorRateOf(flags, command),
    })
    keepSecret(plan.secrets, names)
    // Faults cut off or change a request, and a target may quote part of it: parts of secrets are masked too.
    if (plan.faults ?? plan.wireFaults) knownSecrets.maskPieces()
    if (flags.maxCost !== undefined) checkPrices(flags.maxCost, plan)
    const { value, layers, overrides, problems, envUsed } = checked
    return { scenario: one, raw: isMap(value) ? value : {}, layers, overrides, envUsed, plan, warnings: problems }
  })
}

/**
 * Checks that the cost of a run can be added up. @throws UsageError when `--max-cost` is given but no target has prices, or their currencies differ
 */
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

/** Returns the compiled plan of a scenario: the one that validation made, or a new one for a single target of a scenario with several. */
function bodyOf(one: Scenario, scenario: Scenario, { plan, value }: Pick<Validated, 'plan' | 'value'>, baseDir: string): Plan {
  return one === scenario && plan ? plan : planOf(one, { baseDir, written: value })
}

/** Makes the error for a scenario that flags alone describe. Without a file to point to, the problems are listed as text. */
function usageError(problems: readonly Problem[]): UsageError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  return new UsageError(errors.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('\n  '))
}
