/** Steps become planned steps: templates, expressions, paths, patterns and checks compiled once. */
import { compileExpression } from '../../language/expression/expression.ts'
import { translateLegacyCondition } from '../../language/expression/legacy-condition.ts'
import { compileJsonPath, JsonPathError } from '../../language/jsonpath/jsonpath.ts'
import { compileRegex } from '../../language/regex.ts'
import { compileTemplate, compileTree } from '../../language/template/template.ts'
import { checkLabel, compileCheck, compileRendered, type ExpectItem } from '../../metrics/check/check.ts'
import { compilePayload } from '../../payloads/index.ts'
import type { CaptureBlock, ExchangeBlock, Step } from '../schema/steps.ts'
import type { Tags } from '../schema/tags.ts'
import { compileDelay } from './delays.ts'
import { compileOnError, SKIP } from './errors.ts'
import { FormFiles } from './form-files.ts'
import { withFields } from './payload-files.ts'
import type {
  Capture,
  CaptureSource,
  ErrorPolicy,
  MessageStep,
  PlannedCheck,
  PlannedStep,
  PlannedTarget,
  RequestStep,
  UsageField,
} from './plan.ts'
import { holdsSchema, withSchema } from './schema-files.ts'
import { compileTags } from './tags.ts'
import { mergeTimeouts, TargetFault } from './target.ts'

/** What the steps of one list share. */
interface StepContext {
  readonly targets: readonly PlannedTarget[]
  /** Index of the target for steps that name none. */
  readonly target: number
  readonly flow?: string | undefined
  readonly setupOrTeardown?: boolean
  readonly tags?: Tags | undefined
  readonly onError: ErrorPolicy
}

/** Compiles the lists of steps of one scenario: their exchanges are numbered through. Names left out become step-1, step-2, … */
export class StepCompiler {
  readonly exchanges: (MessageStep | RequestStep)[] = []
  private context: StepContext = { targets: [], target: 0, onError: SKIP }
  private readonly baseDir: string
  private readonly formFiles: FormFiles

  /** `baseDir`: the folder of the scenario, in which the files of its checks, payloads and forms lie. */
  constructor(baseDir: string) {
    this.baseDir = baseDir
    this.formFiles = new FormFiles(baseDir)
  }

  compile(steps: readonly Step[], context: StepContext): readonly PlannedStep[] {
    this.context = context
    return this.all(steps)
  }

  private all(steps: readonly Step[]): PlannedStep[] {
    return steps.map((step) => this.one(step))
  }

  private one(step: Step): PlannedStep {
    if ('message' in step) return this.keep({ kind: 'message', content: compileTemplate(step.message), ...this.exchange(step) })
    if ('request' in step)
      return this.keep({
        kind: 'request',
        request: this.formFiles.in(compileTree(step.request), step.request),
        leaves: 'disconnect' in step.request,
        ...this.exchange(step),
      })
    if ('delay' in step) return { kind: 'delay', draw: compileDelay(step.delay), injected: step.injected === true }
    if ('set' in step) return { kind: 'set', values: compileTree(step.set) }
    if ('loop' in step) return this.loop(step.loop)
    return { kind: 'if', condition: compileCondition(step.if), then: this.all(step.then), else: this.all(step.else ?? []) }
  }

  private loop({ times, while: condition, for: forMs, max, steps }: Extract<Step, { loop: object }>['loop']): PlannedStep {
    return {
      kind: 'loop',
      times: typeof times === 'string' ? compileTemplate(times) : times,
      condition: condition === undefined ? undefined : compileCondition(condition),
      forMs,
      max,
      steps: this.all(steps),
    }
  }

  private keep<S extends MessageStep | RequestStep>(step: S): S {
    this.exchanges.push(step)
    return step
  }

  private exchange(step: ExchangeBlock) {
    const { targets, flow, setupOrTeardown = false, tags, onError } = this.context
    const index = this.exchanges.length
    const expect = step.expect ?? []
    const target = step.target === undefined ? this.context.target : targets.findIndex(({ name }) => name === step.target)
    const timeouts = targets[target]?.timeouts
    if (!timeouts)
      throw new TargetFault([], `there is no target "${step.target}"`, `one of ${targets.map(({ name }) => name).join(', ')}`)
    return {
      index,
      target,
      flow,
      setupOrTeardown,
      name: step.name ?? `step-${index + 1}`,
      checks: expect.map((item) => compilePlannedCheck(item, this.baseDir)),
      checksStatus: expect.some((item) => item.status !== undefined),
      captures: Object.entries(step.capture ?? {}).map(([variable, source]) => compileCapture(variable, source)),
      timeouts: mergeTimeouts(step.timeouts, timeouts),
      tags: compileTags({ ...tags, ...step.tags }),
      onError: compileOnError(step.onError, onError),
      payload: step.payload && compilePayload(withFields(step.payload, this.baseDir)),
    }
  }
}

/** A condition in CEL, or one of the short forms of older files (`contains:yes`). */
function compileCondition(source: string) {
  return compileExpression(translateLegacyCondition(source) ?? source)
}

function compilePlannedCheck(item: ExpectItem, baseDir: string): PlannedCheck {
  const tree = compileTree(item)
  if (tree.static || holdsSchema(item)) {
    const check = compileCheck(withSchema(item, baseDir), item)
    return { label: check.label, countOnly: check.countOnly, check }
  }
  return {
    label: checkLabel(item),
    countOnly: item.countOnly === true,
    tree,
    compile: (rendered) => compileRendered(rendered, item),
  }
}

function compileCapture(variable: string, block: CaptureBlock): Capture {
  const written = typeof block === 'string' ? block : (block.json ?? block.header ?? block.regex ?? '')
  const fallback = typeof block === 'string' || block.default === undefined ? undefined : { value: block.default }
  return { variable, written, fallback, source: compileSource(block) }
}

/** A capture's source, compiled. */
export function compileSource(block: CaptureBlock): CaptureSource {
  if (typeof block !== 'string') {
    if (block.json !== undefined) return { from: 'json', path: compileJsonPath(block.json) }
    if (block.header !== undefined) return { from: 'header', name: block.header.toLowerCase() }
    return { from: 'regex', regex: compileRegex(block.regex ?? '') }
  }
  if (block === 'status' || block === 'text') return { from: block }
  if (block.startsWith('usage:')) return { from: 'usage', field: usageField(block.slice('usage:'.length)) }
  if (block.startsWith('header:')) return { from: 'header', name: block.slice('header:'.length).trim().toLowerCase() }
  const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(block) ?? []
  return pattern === undefined
    ? { from: 'json', path: compileJsonPath(block) }
    : { from: 'regex', regex: compileRegex(pattern, flags) }
}

const USAGE_FIELDS: readonly UsageField[] = ['input', 'cached', 'output', 'reasoning', 'visible']

function usageField(name: string): UsageField {
  const field = USAGE_FIELDS.find((known) => known === name)
  if (field) return field
  throw new JsonPathError(`there is no usage:${name}; one of ${USAGE_FIELDS.map((known) => `usage:${known}`).join(', ')}`, 1)
}
