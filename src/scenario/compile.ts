/** Compiles a scenario to a plan, finds errors in its texts, targets and files, and records which variables its texts read. */

import { createHash } from 'node:crypto'
import { costBudget, withDefaults } from '../metrics/threshold/default-rules.ts'
import { compileConversation, compileQuality, compileVerbosity } from './compile/conversation.ts'
import { compileGroups } from './compile/groups.ts'
import { compilePhases } from './compile/phases.ts'
import type { Plan, PlannedTarget } from './compile/plan.ts'
import { compileAllSteps } from './compile/steps/flows.ts'
import { blockSecrets } from './compile/target/secrets.ts'
import { compileJudge, compileTargets } from './compile/target/targets.ts'
import { Texts, type Use } from './compile/texts.ts'
import type { Finding } from './read/source/finding.ts'
import type { Path } from './read/source/source.ts'
import type { Scenario } from './schema/schema.ts'
import { member } from './schema/schema-walk.ts'

const DEFAULT_GRACEFUL_MS = 30_000

/** The facts about one run that its plan contains besides the scenario: file, seed, and secrets from the environment. */
interface RunIdentity {
  /** The scenario file as the user named it; null when the run came from flags alone. */
  readonly file: string | null
  readonly seed: string
  /** Secret values from the environment, which must never appear in any output. */
  readonly secrets: readonly string[]
  readonly maxErrorRate?: string | undefined
}

/** The input of `compileScenario` besides the scenario: its folder, its data as written in the file, and facts about the run such as the seed. */
export interface CompileOptions extends Partial<RunIdentity> {
  /** The folder of the scenario, from which paths of its files start. */
  readonly baseDir: string
  /** The scenario as written in the file, to which the paths in findings and uses of variables refer. Default: the scenario itself. */
  readonly written?: unknown
}

/** The outcome of compiling a scenario: its plan (if there is no error), its targets, and the errors and warnings that were found. */
interface CompiledScenario {
  /** The plan; undefined when a part does not fit the schema, or an error was found. */
  readonly plan: Plan | undefined
  /** The compiled targets by name, without those that have an error. */
  readonly targets: ReadonlyMap<string, PlannedTarget>
  readonly findings: readonly Finding[]
  /** The places where texts of the scenario read variables. */
  readonly uses: readonly Use[]
}

/**
 * Compiles a scenario to the plan that the engine runs, and returns it with the errors found; never throws. The plan is undefined when there is an
 * error. `partial` is for a scenario from which invalid parts were removed: the rest is checked, but no plan is returned.
 */
export function compileScenario(scenario: Scenario, options: CompileOptions, partial = false): CompiledScenario {
  const written = options.written ?? scenario
  const texts = new Texts(written)
  for (const path of partial ? refusedParts(scenario, written) : []) texts.look(path)
  const targets = compileTargets(scenario, texts)
  const steps = compileAllSteps(scenario, targets, { written, baseDir: options.baseDir, texts })
  const variables = compileGroups(scenario, texts)
  const rest = {
    suffix: compileVerbosity(scenario.verbosity, texts),
    conversation: compileConversation(scenario.conversation, texts),
    judge: compileJudge(scenario, texts),
  }
  const { findings, uses } = texts
  const phases = partial ? undefined : compilePhases(options.baseDir, scenario.load)
  const compiled = new Map(targets.flatMap(({ name, target }) => (target ? [[name, target] as const] : [])))
  if (phases === undefined || variables === undefined || findings.some(({ code }) => code.startsWith('E_')))
    return { plan: undefined, targets: compiled, findings, uses }
  const { file = null, seed = String(scenario.seed ?? ''), secrets = [], maxErrorRate, baseDir } = options
  const body = {
    description: scenario.description,
    baseDir,
    targets: [...compiled.values()],
    phases,
    ...steps,
    ...variables,
    ...rest,
    quality: compileQuality(scenario.quality),
    bands: scenario.bands,
    tags: scenario.tags ?? {},
    data: scenario.data ?? {},
    budget: scenario.budget ?? {},
    alerts: scenario.alerts ?? [],
    stopWhen: scenario.stopWhen ?? [],
    webhooks: scenario.webhooks ?? [],
    observe: scenario.observe ?? [],
    plugins: scenario.plugins ?? [],
    export: scenario.export ?? [],
    monitor: scenario.monitor ?? [],
    health: scenario.health ?? [],
    requireHealthy: scenario.requireHealthy ?? false,
    gracefulMs: scenario.graceful ?? DEFAULT_GRACEFUL_MS,
    iterationMs: scenario.iterationTimeout,
    notes: [
      ...(targets.some(({ target }) => target?.address.tls.insecure) ? ['TLS certificates were not checked (tls.insecure)'] : []),
      ...uncheckedBeside(scenario),
    ],
    readsReplyJson: texts.reads('reply', 'json'),
    readsReply: texts.reads('reply'),
  }
  return { plan: planRun(scenario, body, { file, seed, secrets, maxErrorRate }), targets: compiled, findings, uses }
}

/** Returns a note when TLS certificates are not checked for servers, machines or health checks; otherwise an empty list. */
function uncheckedBeside({ observe = [], monitor = [], health = [] }: Scenario): string[] {
  const isUnchecked = [...observe, ...monitor, ...health].some(({ tls }) => tls?.insecure)
  return isUnchecked ? ['TLS certificates were not checked of what is asked beside the load (tls.insecure)'] : []
}

/** Returns the plan that the engine runs for a scenario. @throws Error with the first problem, when the scenario has an error */
export function planOf(scenario: Scenario, options: CompileOptions): Plan {
  const { plan, findings } = compileScenario(scenario, options)
  if (plan) return plan
  throw new Error(findings[0]?.message ?? 'the variables of the scenario need each other')
}

/**
 * Returns the plan of one run of a scenario. `body` holds what is the same for all runs of the scenario, so an earlier plan can be used for it. What
 * belongs to this run alone, such as its seed, is added.
 */
export function planRun(
  scenario: Scenario,
  body: Omit<Plan, 'name' | 'hash' | 'secrets' | 'thresholds' | keyof RunIdentity>,
  { file, seed, secrets: given, maxErrorRate }: RunIdentity,
): Plan {
  const secrets = [...given, ...blockSecrets(scenario)].filter((value) => value !== '')
  const hasChecks = body.exchanges.some((step) => !step.setupOrTeardown && step.checks.some(({ countOnly }) => !countOnly))
  const own = [...thresholdsOf(scenario), ...costBudget(scenario.budget?.cost)]
  const thresholds = withDefaults(own, hasChecks, maxErrorRate)
  let hash: string | undefined
  return {
    ...body,
    name: scenario.name,
    file,
    // Computed only when the result needs it, because the code for it is slow to load.
    get hash() {
      hash ??= hashOf(scenario, secrets)
      return hash
    },
    seed,
    secrets,
    thresholds,
  }
}

/** Metrics of injected faults, which have no values in a control run (a run with an empty list of `faults`). */
const OF_FAULTS = new Set(['injected', 'injected_failures', 'recovery_time'])

/** Returns the thresholds of a scenario, without those on injected faults when it injects none. An empty list of `faults` means a control run. */
function thresholdsOf({ thresholds = [], faults }: Scenario) {
  if (faults && faults.length > 0) return thresholds
  return thresholds.filter(({ tags, metric }) => tags.fault === undefined && !(faults && OF_FAULTS.has(metric.name)))
}

/** Top-level keys whose texts may be templates. */
const WITH_TEXTS = ['vars', 'target', 'groups', 'conversation', 'verbosity', 'steps', 'flows', 'setup', 'teardown'] as const

/**
 * Returns the paths of parts that do not fit the schema, where only the templates are checked. Steps are left out, because the compiler of steps
 * handles them.
 */
function refusedParts(scenario: Scenario, written: unknown): Path[] {
  const entries = (['targets', 'groups', 'flows'] as const).flatMap((key) =>
    Object.keys(Object(member(written, key))).flatMap((name) =>
      member(scenario[key], name) === undefined ? [[key, Array.isArray(scenario[key]) ? Number(name) : name]] : [],
    ),
  )
  const whole = WITH_TEXTS.filter((key) => scenario[key] === undefined && !entries.some(([owner]) => owner === key))
  return [...whole.map((key) => [key]), ...entries]
}

/** Returns the hash of a scenario with its secrets masked, so that it stays the same when an API key changes. */
function hashOf(scenario: Scenario, secrets: readonly string[]): string {
  const text = secrets.reduce(
    (json, secret) => json.replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]'),
    JSON.stringify(scenario),
  )
  return createHash('sha256').update(text).digest('hex')
}
