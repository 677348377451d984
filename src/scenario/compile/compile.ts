/** A checked scenario becomes a plan. */
import { createHash } from 'node:crypto'
import { UsageError } from '../../errors.ts'
import { compileTemplate, compileTree, type Template } from '../../language/template/template.ts'
import { compileVariables } from '../../language/template/variables.ts'
import type { Handover, Load, LoadShape } from '../../load/executor.ts'
import { shapes } from '../../load/index.ts'
import { complete, parseThreshold, type Threshold } from '../../metrics/threshold/threshold.ts'
import type { Phase, Scenario } from '../schema/schema.ts'
import type { TargetBlock } from '../schema/target.ts'
import { compileOnError, SKIP } from './errors.ts'
import type { Plan, PlannedConversation, PlannedFlow, PlannedPhase, PlannedTarget } from './plan.ts'
import { compileSource, StepCompiler } from './steps.ts'
import { compileTags } from './tags.ts'
import { compileTarget, targetSecrets } from './target.ts'

const DEFAULT_GRACEFUL_MS = 30_000
const ONE_ITERATION: Phase = { name: 'main', warmup: false, shape: 'shared-iterations', fields: { iterations: 1, users: 1 } }
/** What must hold when the scenario does not say it otherwise: failing by default beats passing by default. */
const DEFAULT_MAX_ERRORS = '10%'
const DEFAULT_MIN_CHECKS = '99%'

/** What a plan is made with beside the scenario. */
export interface CompileOptions {
  readonly file: string | null
  readonly baseDir: string
  readonly seed: string
  /** Values from the environment that must never be written out. */
  readonly secrets: readonly string[]
  readonly maxErrorRate?: string | undefined
}

/** Compiles a checked scenario. @throws TargetFault, TemplateError, ExpressionError, JsonPathError, RegexError: all found by `validateScenario` before */
export function compileScenario(scenario: Scenario, options: CompileOptions): Plan {
  const blocks = Object.entries(targetsOf(scenario))
  const targets = blocks.map(([name, block]) => compileTarget(block, name))
  const secrets = [...options.secrets, ...blocks.flatMap(([, block]) => targetSecrets(block))].filter((value) => value !== '')
  const steps = compileAllSteps(scenario, targets, options.baseDir)
  return {
    name: scenario.name,
    description: scenario.description,
    file: options.file,
    baseDir: options.baseDir,
    hash: hashOf(scenario, secrets),
    seed: options.seed,
    targets,
    phases: compilePhases(scenario.load ?? [ONE_ITERATION]),
    ...steps,
    groups: Object.entries(scenario.groups ?? {}).map(([name, group]) => ({
      name,
      weight: group.weight,
      headers: compileTree({ ...group.headers }),
      vars: compileVariables([scenario.vars ?? {}, group.vars ?? {}]),
      tags: compileTags(group.tags),
    })),
    suffix: compileVerbosity(scenario.verbosity),
    tags: scenario.tags ?? {},
    conversation: compileConversation(scenario.conversation),
    data: scenario.data ?? {},
    vars: compileVariables([scenario.vars ?? {}]),
    thresholds: withDefaults(
      scenario,
      steps.exchanges.some((step) => !step.setupOrTeardown && step.checks.some(({ countOnly }) => !countOnly)),
      options.maxErrorRate,
    ),
    gracefulMs: scenario.graceful ?? DEFAULT_GRACEFUL_MS,
    iterationMs: scenario.iterationTimeout,
    secrets,
    notes: targets.some((target) => target.address.tls.insecure) ? ['TLS certificates were not checked (tls.insecure)'] : [],
    readsReplyJson: needsBodies(JSON.stringify(scenario)),
    readsReply: /\breply\b(?!":)/.test(JSON.stringify(scenario)),
  }
}

/** The targets by name; a single one is called "target". */
export function targetsOf(scenario: Pick<Scenario, 'target' | 'targets'>): Readonly<Record<string, TargetBlock>> {
  return scenario.targets ?? (scenario.target === undefined ? {} : { target: scenario.target })
}

function compileAllSteps(scenario: Scenario, targets: readonly PlannedTarget[], baseDir: string) {
  const compiler = new StepCompiler(baseDir)
  const common = { targets, target: 0, onError: compileOnError(scenario.onError, SKIP) }
  const indexOf = (name: string | undefined) => (name === undefined ? 0 : targets.findIndex((target) => target.name === name))
  const flows: PlannedFlow[] = scenario.flows
    ? scenario.flows.map(({ name, weight, target, steps, tags }) => ({
        name,
        weight,
        steps: compiler.compile(steps, { ...common, target: indexOf(target), flow: name, tags }),
      }))
    : [{ name: undefined, weight: 1, steps: compiler.compile(scenario.steps ?? [], common) }]
  const outsideLoad = { ...common, setupOrTeardown: true }
  const setup = compiler.compile(scenario.setup ?? [], outsideLoad)
  const teardown = compiler.compile(scenario.teardown ?? [], outsideLoad)
  return { flows, setup, teardown, exchanges: compiler.exchanges }
}

const SUFFIXES = {
  minimal: ' Answer in one short sentence.',
  normal: undefined,
  verbose: ' Please explain in detail, with examples.',
  extreme:
    ' Please give the longest and most detailed answer you can, with examples, background, alternatives and a summary at the end.',
} as const

function compileVerbosity(block: Scenario['verbosity']): Template | undefined {
  const suffix = typeof block === 'object' ? block.suffix : block && SUFFIXES[block]
  return suffix === undefined ? undefined : compileTemplate(suffix)
}

/** `reply` as a variable, and what of it is known without the body. */
const REPLY = /(?<![.$\w-])reply\b(?!":)/g
const WITHOUT_BODY =
  /\breply\s*\.\s*(?:text|reasoning|status|headers|ok|error|finish|tokens|inputTokens|ttftMs|serviceMs|responseMs)\b/y

/** Whether anything may look at `reply.json`, however it gets there: `reply['json']`, `{{#with reply}}`, `has(reply.json)`. */
function needsBodies(scenario: string): boolean {
  return [...scenario.matchAll(REPLY)].some(({ index }) => {
    WITHOUT_BODY.lastIndex = index
    return !WITHOUT_BODY.test(scenario)
  })
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

function compileConversation(block: Scenario['conversation']): PlannedConversation {
  const memory = block?.memory ?? 'full'
  return {
    system: block?.system === undefined ? undefined : compileTemplate(block.system),
    keepTurns: memory === 'full' ? Number.POSITIVE_INFINITY : memory === 'none' ? 0 : memory.last,
    maxTokens: block?.window?.maxTokens ?? Number.POSITIVE_INFINITY,
    maxMessages: block?.window?.maxMessages ?? Number.POSITIVE_INFINITY,
    id: block?.id && { source: compileSource(block.id.from), sendAs: sendAs(block.id.sendAs) },
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
