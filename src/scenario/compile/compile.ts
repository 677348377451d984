/** A scenario becomes a plan. What is wrong with its texts, targets and files becomes findings, and what its texts read is recorded. */
import { createHash } from 'node:crypto'
import { UsageError } from '../../errors.ts'
import { compileTree, type Template } from '../../language/template/template.ts'
import { compileVariables, VariableCycleError } from '../../language/template/variables.ts'
import type { Handover, Load, LoadShape } from '../../load/executor.ts'
import { shapes } from '../../load/index.ts'
import { complete, parseThreshold, type Threshold } from '../../metrics/threshold/threshold.ts'
import { E_TARGET } from '../problems/compile/E_TARGET.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import type { Phase, Scenario } from '../schema/schema.ts'
import { member } from '../schema/schema-walk.ts'
import type { TargetBlock } from '../schema/target.ts'
import { compileSource } from './captures.ts'
import { compileOnError, SKIP } from './errors.ts'
import type { Plan, PlannedConversation, PlannedFlow, PlannedGroup, PlannedPhase, PlannedTarget } from './plan.ts'
import { StepCompiler } from './steps.ts'
import { compileTags } from './tags.ts'
import { compileTarget, mergeTimeouts, TargetFault, TEMPLATED, targetSecrets } from './target.ts'
import { Texts, type Use } from './texts.ts'

const DEFAULT_GRACEFUL_MS = 30_000
const ONE_ITERATION: Phase = { name: 'main', warmup: false, shape: 'shared-iterations', fields: { iterations: 1, users: 1 } }
/** What must hold when the scenario does not say it otherwise: failing by default beats passing by default. */
const DEFAULT_MAX_ERRORS = '10%'
const DEFAULT_MIN_CHECKS = '99%'

/** The facts about one run that its plan holds beside the scenario: file, seed, secrets from the environment. */
interface RunIdentity {
  /** The file as the user named it; null when the run came from flags alone. */
  readonly file: string | null
  readonly seed: string
  /** Values from the environment that must never be written out. */
  readonly secrets: readonly string[]
  readonly maxErrorRate?: string | undefined
}

/** Options of `compileScenario`: the folder of the scenario, its text as written, and the facts about the run. */
export interface CompileOptions extends Partial<RunIdentity> {
  /** The folder of the scenario, in which its files are. */
  readonly baseDir: string
  /** The scenario as it stands in the file, in which findings and uses have their paths; left out: the scenario itself. */
  readonly written?: unknown
}

/** The result of compiling a scenario: its plan when there is one, its targets, and what was found wrong. */
export interface Compiled {
  /** Undefined when a part does not fit the schema, or an error was found. */
  readonly plan: Plan | undefined
  /** The targets by name, without those that have an error. */
  readonly targets: ReadonlyMap<string, PlannedTarget>
  readonly findings: readonly Finding[]
  /** Where the texts of the scenario read variables. */
  readonly uses: readonly Use[]
}

/** Compiles a scenario; never throws. With `partial`, `scenario` has only the parts that fit the schema: then there are findings but no plan. */
export function compileScenario(scenario: Scenario, options: CompileOptions, partial = false): Compiled {
  const written = options.written ?? scenario
  const texts = new Texts(written)
  for (const path of partial ? refusedParts(scenario, written) : []) texts.look(path)
  const targets = compileTargets(scenario, texts)
  const steps = compileAllSteps(scenario, new StepCompiler(written, options.baseDir, texts), targets, texts)
  const variables = compileGroups(scenario, texts)
  const rest = {
    suffix: compileVerbosity(scenario.verbosity, texts),
    conversation: compileConversation(scenario.conversation, texts),
  }
  const { findings, uses } = texts
  const compiled = new Map(targets.flatMap(({ name, target }) => (target ? [[name, target] as const] : [])))
  if (partial || variables === undefined || findings.some(({ code }) => code.startsWith('E_')))
    return { plan: undefined, targets: compiled, findings, uses }
  const { file = null, seed = String(scenario.seed ?? ''), secrets = [], maxErrorRate, baseDir } = options
  const body = {
    description: scenario.description,
    baseDir,
    targets: [...compiled.values()],
    phases: compilePhases(scenario.load ?? [ONE_ITERATION]),
    ...steps,
    ...variables,
    ...rest,
    tags: scenario.tags ?? {},
    data: scenario.data ?? {},
    gracefulMs: scenario.graceful ?? DEFAULT_GRACEFUL_MS,
    iterationMs: scenario.iterationTimeout,
    notes: targets.some(({ target }) => target?.address.tls.insecure) ? ['TLS certificates were not checked (tls.insecure)'] : [],
    readsReplyJson: texts.reads('reply', 'json'),
    readsReply: texts.reads('reply'),
  }
  return { plan: planRun(scenario, body, { file, seed, secrets, maxErrorRate }), targets: compiled, findings, uses }
}

/** Returns the plan of a scenario. @throws Error with the first finding, when the scenario has an error */
export function planOf(scenario: Scenario, options: CompileOptions): Plan {
  const { plan, findings } = compileScenario(scenario, options)
  if (plan) return plan
  throw new Error(findings[0]?.message ?? 'the variables of the scenario need each other')
}

/** Returns the plan of one run. `body` is the part that does not depend on the run, such as a plan made before from the same scenario. */
export function planRun(
  scenario: Scenario,
  body: Omit<Plan, 'name' | 'hash' | 'secrets' | 'thresholds' | keyof RunIdentity>,
  { file, seed, secrets: given, maxErrorRate }: RunIdentity,
): Plan {
  const ofTargets = Object.values(targetsOf(scenario)).flatMap(targetSecrets)
  const secrets = [...given, ...ofTargets].filter((value) => value !== '')
  const hasChecks = body.exchanges.some((step) => !step.setupOrTeardown && step.checks.some(({ countOnly }) => !countOnly))
  const thresholds = withDefaults(scenario, hasChecks, maxErrorRate)
  return { ...body, name: scenario.name, file, hash: hashOf(scenario, secrets), seed, secrets, thresholds }
}

/** Top-level keys whose texts may be templates. */
const WITH_TEXTS = ['vars', 'target', 'groups', 'conversation', 'verbosity', 'steps', 'flows', 'setup', 'teardown'] as const

/** Parts of the file that the schema refused: of them only the templates are looked at. Single steps are left to their compiler. */
function refusedParts(scenario: Scenario, written: unknown): Path[] {
  const entries = (['targets', 'groups', 'flows'] as const).flatMap((key) =>
    Object.keys(Object(member(written, key))).flatMap((name) =>
      member(scenario[key], name) === undefined ? [[key, Array.isArray(scenario[key]) ? Number(name) : name]] : [],
    ),
  )
  const whole = WITH_TEXTS.filter((key) => scenario[key] === undefined && !entries.some(([owner]) => owner === key))
  return [...whole.map((key) => [key]), ...entries]
}

/** Each target of the scenario; undefined for one that has an error. */
function compileTargets(scenario: Scenario, texts: Texts) {
  return Object.entries(targetsOf(scenario)).map(([name, block]) => {
    const path = targetPath(scenario, name)
    for (const key of TEMPLATED) texts.look([...path, key])
    return { name, timeouts: mergeTimeouts(block.timeouts), target: compiledTarget(block, name, path, texts) }
  })
}

function compiledTarget(block: TargetBlock, name: string, path: Path, texts: Texts): PlannedTarget | undefined {
  try {
    return texts.quietly(() => compileTarget(block, name))
  } catch (error) {
    if (!(error instanceof TargetFault)) throw error
    texts.report(E_TARGET.refused(error), [...path, ...error.path], 'key')
    return undefined
  }
}

/** Variables and groups; undefined when variables need each other, which is reported with the variables themselves. */
function compileGroups({ vars = {}, groups = {} }: Scenario, texts: Texts): Pick<Plan, 'vars' | 'groups'> | undefined {
  texts.look(['vars'])
  for (const name of Object.keys(groups)) for (const key of ['headers', 'vars', 'tags']) texts.look(['groups', name, key])
  const compiled = (name: string, group: (typeof groups)[string]): PlannedGroup => ({
    name,
    weight: group.weight,
    headers: compileTree({ ...group.headers }),
    vars: compileVariables([vars, group.vars ?? {}]),
    tags: compileTags(group.tags),
  })
  try {
    return texts.quietly(() => ({
      vars: compileVariables([vars]),
      groups: Object.entries(groups).map(([name, group]) => compiled(name, group)),
    }))
  } catch (error) {
    if (error instanceof VariableCycleError) return undefined
    throw error
  }
}

/** Returns the targets of a scenario by name; the one under `target:` is called "target". */
export function targetsOf(scenario: Pick<Scenario, 'target' | 'targets'>): Readonly<Record<string, TargetBlock>> {
  return scenario.targets ?? (scenario.target === undefined ? {} : { target: scenario.target })
}

/** Returns where the block of a target stands in the scenario. */
export function targetPath({ targets }: Pick<Scenario, 'targets'>, name: string): Path {
  return targets === undefined ? ['target'] : ['targets', name]
}

function compileAllSteps(scenario: Scenario, compiler: StepCompiler, targets: ReturnType<typeof compileTargets>, texts: Texts) {
  const common = { targets, target: 0, onError: compileOnError(scenario.onError, SKIP) }
  const indexOf = (name: string | undefined) => (name === undefined ? 0 : targets.findIndex((target) => target.name === name))
  const flows: PlannedFlow[] = scenario.flows
    ? scenario.flows.flatMap(({ name, weight, target, steps, tags }, index) => {
        texts.look(['flows', index, 'tags'])
        const context = { ...common, target: indexOf(target), flow: name, tags }
        return [{ name, weight, steps: compiler.compile(steps, ['flows', index, 'steps'], context) }]
      })
    : [{ name: undefined, weight: 1, steps: compiler.compile(scenario.steps ?? [], ['steps'], common) }]
  const outsideLoad = { ...common, setupOrTeardown: true }
  const setup = compiler.compile(scenario.setup ?? [], ['setup'], outsideLoad)
  const teardown = compiler.compile(scenario.teardown ?? [], ['teardown'], outsideLoad)
  return { flows, setup, teardown, exchanges: compiler.exchanges }
}

const SUFFIXES = {
  minimal: ' Answer in one short sentence.',
  normal: undefined,
  verbose: ' Please explain in detail, with examples.',
  extreme:
    ' Please give the longest and most detailed answer you can, with examples, background, alternatives and a summary at the end.',
} as const

function compileVerbosity(block: Scenario['verbosity'], texts: Texts): Template | undefined {
  const suffix = typeof block === 'object' ? block.suffix : block && SUFFIXES[block]
  return suffix === undefined ? undefined : texts.template(suffix, ['verbosity', 'suffix'])
}

/** Same scenario, same hash, whatever the keys to the target are. */
function hashOf(scenario: Scenario, secrets: readonly string[]): string {
  const text = secrets.reduce(
    (json, secret) => json.replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]'),
    JSON.stringify(scenario),
  )
  return createHash('sha256').update(text).digest('hex')
}

function compilePhases(blocks: readonly Phase[]): PlannedPhase[] {
  let before: Handover = { users: 0, ratePerSecond: 0 }
  return blocks.map(({ name, warmup, shape, fields }, index) => {
    const load = buildLoad(shape, fields, before)
    before = handover(load)
    return { name: name ?? `phase-${index + 1}`, shape, warmup, load }
  })
}

function buildLoad(name: string, fields: Readonly<Record<string, unknown>>, before: Handover): Load {
  // The schema made `fields` by this very shape.
  const shape = shapes.find((candidate) => candidate.name === name) as LoadShape | undefined
  if (!shape) throw new Error(`there is no load shape ${name}`)
  return shape.build(fields, before)
}

/** What the next phase's ramp starts from. */
function handover(load: Load): Handover {
  if (load.model === 'open') return { users: 0, ratePerSecond: load.rateAt(load.lengthMs) }
  return { users: load.usersAt(load.lengthMs ?? 0), ratePerSecond: 0 }
}

function compileConversation(block: Scenario['conversation'], texts: Texts): PlannedConversation {
  const memory = block?.memory ?? 'full'
  return {
    system: block?.system === undefined ? undefined : texts.template(block.system, ['conversation', 'system']),
    keepTurns: memory === 'full' ? Number.POSITIVE_INFINITY : memory === 'none' ? 0 : memory.last,
    maxTokens: block?.window?.maxTokens ?? Number.POSITIVE_INFINITY,
    maxMessages: block?.window?.maxMessages ?? Number.POSITIVE_INFINITY,
    id: block?.id && {
      source: compileSource(block.id.from, ['conversation', 'id', 'from'], texts),
      sendAs: sendAs(block.id.sendAs),
    },
    cookies: block?.cookies ?? false,
    resetEachIteration: (block?.reset ?? 'iteration') === 'iteration',
  }
}

function sendAs(text: string | undefined) {
  if (text === undefined) return undefined
  const at = text.indexOf(':')
  return { in: text.slice(0, at) === 'query' ? ('query' as const) : ('header' as const), name: text.slice(at + 1) }
}

function withDefaults(scenario: Scenario, hasChecks: boolean, maxErrorRate: string | undefined): Threshold[] {
  const own = scenario.thresholds ?? []
  const judges = (...metrics: string[]) => own.some((t) => metrics.includes(t.metric.name) && judgesAll(t))
  const more: string[] = []
  if (maxErrorRate !== undefined) more.push(`errors ratio <= ${maxErrorRate}`)
  else if (!judges('errors', 'good_share')) more.push(`errors ratio <= ${DEFAULT_MAX_ERRORS}`)
  if (hasChecks && !judges('checks', 'good_share')) more.push(`checks ratio >= ${DEFAULT_MIN_CHECKS}`)
  return [...own, ...more.map(threshold)]
}

/** Only a share takes the place of a default, and only one that fails the run, over all attempts of it: a count or a warning judges less. */
function judgesAll({ aggregate, tags, severity, windowMs, afterMs, minSamples, onMissing }: Threshold): boolean {
  const wholeRun = windowMs === undefined || (afterMs === 0 && minSamples === 1)
  const isPlain = aggregate.kind === 'ratio' && Object.keys(tags).length === 0
  return isPlain && severity === 'fail' && onMissing === 'fail' && wholeRun
}

function threshold(text: string): Threshold {
  const parsed = parseThreshold(text)
  if (!parsed.ok) throw new UsageError(`not a threshold: ${text}: ${parsed.message}`, parsed.hint)
  return complete(parsed.threshold)
}
