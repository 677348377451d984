import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { dialects } from '../../dialects/index.ts'
import { type Problem, ScenarioError, UsageError } from '../../errors.ts'
import { parseThreshold } from '../../metrics/threshold/threshold.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { planOf, planRun } from '../../scenario/compile.ts'
import type { Layer } from '../../scenario/layers/layers.ts'
import type { Override } from '../../scenario/layers/overrides.ts'
import { baseDirOf } from '../../scenario/lint/files.ts'
import { readSource, type Source } from '../../scenario/read/source-file.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import type { Validated } from '../../scenario/validate.ts'
import { isMap, type JsonDraft } from '../../text/json.ts'
import { keepSecret, namesIn, secretsIn, secretValues } from '../output/known-secrets.ts'
import { perTarget } from './batch.ts'
import { environmentOf, variableFiles } from './env-file.ts'
import { scenariosIn, validateSource } from './foreign.ts'
import { namedFiles } from './named-files.ts'
import { checkOneProtocol, overridesOf } from './overrides.ts'
import { checkNoRequestFlags, quickRun } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'
import { givenAs, warnOfStrangeVariables } from './variables.ts'

/** A scenario that is ready to run, with its plan, and the files, overlays and flags that each of its values came from. */
export interface LoadedScenario {
  readonly scenario: Scenario
  /** The scenario as written, with overlays and flags applied; printed by --show-config. */
  readonly raw: JsonDraft
  /** The files and overlays that the scenario is merged from; later ones win. */
  readonly layers: readonly Layer[]
  /** The changes by flags and variables, which win over the layers; of several for one key the last wins. */
  readonly overrides: readonly Override[]
  readonly plan: Plan
  readonly warnings: readonly Problem[]
}

/** Loads all named files, or one scenario from flags alone. @throws ScenarioError with the problems of all files, UsageError */
export function loadAll(patterns: readonly string[], flags: RunFlags, command: Command): LoadedScenario[] {
  const problems: Problem[] = []
  const loaded = (patterns.length === 0 ? [undefined] : namedFiles(patterns)).flatMap((file) => {
    try {
      return loadScenarios(file, flags, command)
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error
      problems.push(...error.problems)
      return []
    }
  })
  if (problems.length > 0) throw new ScenarioError(problems)
  return loaded
}

/** Loads the scenario of a file (several if it compares targets or is a list) or of flags. @throws ScenarioError, UsageError */
export function loadScenarios(file: string | undefined, flags: RunFlags, command: Command): LoadedScenario[] {
  checkOneProtocol(flags, command)
  if (file !== undefined) checkNoRequestFlags(flags, file)
  const source = file === undefined ? undefined : readSource(file)
  return (source === undefined ? [undefined] : scenariosIn(source)).flatMap((one) => loadSource(file, one, flags, command))
}

function loadSource(file: string | undefined, source: Source | undefined, flags: RunFlags, command: Command): LoadedScenario[] {
  const { scenario, ...checked } = checkedTelling(source, flags, command)
  const secrets = [...secretValues(checked.envUsed), ...secretsIn(checked.value)]
  const names = [...namesIn(checked.value), ...Object.keys(dialects)]
  keepSecret(secrets, names)
  if (!scenario) throw file === undefined ? usageError(checked.problems) : new ScenarioError(checked.problems)
  // All runs share one seed, so that targets are compared under the same load.
  const seed = String(scenario.seed ?? randomBytes(4).toString('hex'))
  return perTarget(scenario, checked.value, flags.target).map((one) => {
    const plan = planRun(one, bodyOf(one, scenario, checked, baseDirOf(file ?? '<flags>')), {
      file: file ?? null,
      seed,
      secrets,
      maxErrorRate: maxErrorRateOf(flags, command),
    })
    keepSecret(plan.secrets, names)
    const { value, layers, overrides, problems } = checked
    return { scenario: one, raw: isMap(value) ? value : {}, layers, overrides, plan, warnings: problems }
  })
}

/** The plan that came with the check; one of several targets has a plan of its own. */
function bodyOf(one: Scenario, scenario: Scenario, { plan, value }: Pick<Validated, 'plan' | 'value'>, baseDir: string): Plan {
  return one === scenario && plan ? plan : planOf(one, { baseDir, written: value })
}

/** Validates the scenario, and warns of unused BURN_ variables even when it is invalid, because a misspelt variable may be the reason. */
function checkedTelling(source: Source | undefined, flags: RunFlags, command: Command): Validated {
  let used = new Set<string>()
  try {
    const checked = checkScenario(source, flags, command)
    used = new Set(checked.envUsed.map(({ name }) => name))
    return checked
  } finally {
    warnOfStrangeVariables(command, used)
  }
}

function checkScenario(given: Source | undefined, flags: RunFlags, command: Command): Validated {
  const source = given ?? { text: JSON.stringify(quickRun(flags)).replaceAll('${', () => '$${'), file: '<flags>' }
  return validateSource(source, {
    env: environmentOf(variableFiles(flags)),
    overlays: { profile: flags.profile, environment: flags.environment ?? flags.env },
    override: (value) => overridesOf(flags, command, isMap(value) ? value : {}),
  })
}

/** The threshold for `--max-error-rate`; checked here so that the message names the flag. @throws UsageError */
function maxErrorRateOf({ maxErrorRate }: RunFlags, command: Command): string | undefined {
  if (maxErrorRate === undefined) return undefined
  const parsed = parseThreshold(`errors ratio <= ${maxErrorRate}`)
  if (parsed.ok) return maxErrorRate
  // The hint is about a whole threshold; the flag takes its value alone.
  const hint = parsed.hint?.replace(/"errors ratio <= (.*)"/, '"$1"')
  throw new UsageError(`${givenAs(command, 'maxErrorRate', '--max-error-rate', maxErrorRate)}: ${parsed.message}`, hint)
}

/** The error for a scenario from flags alone: without a file to point into, its problems are listed as text. */
function usageError(problems: readonly Problem[]): UsageError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  return new UsageError(errors.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('\n  '))
}
