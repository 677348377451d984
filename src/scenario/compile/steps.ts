/** Steps become planned steps: their templates, conditions, paths, patterns and checks are compiled, each at its place. */
import { UsageError } from '../../errors.ts'
import { compileTree } from '../../language/template/template.ts'
import { checkLabel, compileCheck, compileRendered, type ExpectItem } from '../../metrics/check/check.ts'
import { compilePayload, type PayloadSpec } from '../../payloads/index.ts'
import { E_FILE } from '../problems/files/E_FILE.ts'
import type { Path } from '../read/source/source.ts'
import type { ExchangeBlock, Step } from '../schema/steps.ts'
import type { Tags } from '../schema/tags.ts'
import { listAt, mapAt } from '../schema/written-steps.ts'
import { compileCaptures } from './captures.ts'
import { compileDelay } from './delays.ts'
import { compileOnError, SKIP } from './errors.ts'
import { FormFiles } from './form-files.ts'
import { withFields } from './payload-files.ts'
import type { ErrorPolicy, MessageStep, PlannedCheck, PlannedStep, RequestStep, Timeouts } from './plan.ts'
import { holdsSchema, schemaFindings, withSchema } from './schema-files.ts'
import { compileTags } from './tags.ts'
import { mergeTimeouts } from './target.ts'
import type { Texts } from './texts.ts'

/** A target that steps go to. */
interface StepTarget {
  readonly name: string
  readonly timeouts: Timeouts
}

/** What the steps of one list share. */
interface StepContext {
  readonly targets: readonly StepTarget[]
  /** Index of the target for steps that name none. */
  readonly target: number
  readonly flow?: string | undefined
  readonly setupOrTeardown?: boolean
  readonly tags?: Tags | undefined
  readonly onError: ErrorPolicy
}

/** Compiles the lists of steps of one scenario and numbers their requests. A step without a name is called step-1, step-2, … */
export class StepCompiler {
  readonly exchanges: (MessageStep | RequestStep)[] = []
  private context: StepContext = { targets: [], target: 0, onError: SKIP }
  private readonly baseDir: string
  private readonly written: unknown
  private readonly texts: Texts
  private readonly formFiles: FormFiles

  /** `written`: the scenario as it stands in the file; `baseDir`: its folder, in which the files of checks, payloads and forms are. */
  constructor(written: unknown, baseDir: string, texts: Texts) {
    this.written = written
    this.baseDir = baseDir
    this.texts = texts
    this.formFiles = new FormFiles(baseDir, texts)
  }

  /** Compiles the list of steps at `path`. */
  compile(steps: readonly Step[], path: Path, context: StepContext): readonly PlannedStep[] {
    this.context = context
    return this.all(steps, path)
  }

  /** A step that does not fit the schema is missing in `steps`: of it only the templates are looked at. */
  private all(steps: readonly Step[], path: Path): PlannedStep[] {
    for (const index of listAt(this.written, path).keys()) if (!(index in steps)) this.texts.look([...path, index])
    return steps.flatMap((step, index) => [this.one(step, [...path, index])])
  }

  private one(step: Step, path: Path): PlannedStep {
    const { texts } = this
    if ('message' in step) {
      const content = texts.template(step.message, [...path, 'message'])
      return this.keep({ kind: 'message', content, ...this.exchange(step, path) })
    }
    if ('request' in step) {
      const request = this.formFiles.in(texts.tree(step.request, [...path, 'request']), step.request, [...path, 'request'])
      return this.keep({ kind: 'request', request, leaves: 'disconnect' in step.request, ...this.exchange(step, path) })
    }
    if ('delay' in step) return { kind: 'delay', draw: compileDelay(step.delay), injected: step.injected === true }
    if ('set' in step) return { kind: 'set', values: texts.tree(step.set, [...path, 'set']) }
    if ('loop' in step) return this.loop(step.loop, [...path, 'loop'])
    const condition = texts.condition(step.if, [...path, 'if'])
    const then = this.all(step.then, [...path, 'then'])
    return { kind: 'if', condition, then, else: this.all(step.else ?? [], [...path, 'else']) }
  }

  private loop(block: Extract<Step, { loop: object }>['loop'], path: Path): PlannedStep {
    const { times, while: condition, for: forMs, max, steps } = block
    return {
      kind: 'loop',
      times: typeof times === 'string' ? this.texts.template(times, [...path, 'times']) : times,
      condition: condition === undefined ? undefined : this.texts.condition(condition, [...path, 'while']),
      forMs,
      max,
      steps: this.all(steps, [...path, 'steps']),
    }
  }

  private keep<S extends MessageStep | RequestStep>(step: S): S {
    this.exchanges.push(step)
    return step
  }

  private exchange(step: ExchangeBlock, path: Path) {
    const { targets, flow, setupOrTeardown = false, tags, onError } = this.context
    const index = this.exchanges.length
    const target = step.target === undefined ? this.context.target : targets.findIndex(({ name }) => name === step.target)
    this.texts.look([...path, 'tags'])
    return {
      index,
      target,
      flow,
      setupOrTeardown,
      name: step.name ?? `step-${index + 1}`,
      checks: this.checks(step.expect ?? [], [...path, 'expect']),
      checksStatus: (step.expect ?? []).some((item) => item.status !== undefined),
      captures: compileCaptures(step.capture ?? {}, [...path, 'capture'], this.texts),
      timeouts: mergeTimeouts(step.timeouts, targets[target]?.timeouts),
      tags: this.texts.quietly(() => compileTags({ ...tags, ...step.tags })) ?? [],
      onError: compileOnError(step.onError, onError),
      payload: step.payload && this.payload(step.payload, [...path, 'payload']),
    }
  }

  /** The lines of `expect`. The schema makes several of a line with several keys, so places come from the file. */
  private checks(items: readonly ExpectItem[], path: Path): PlannedCheck[] {
    const { texts, baseDir } = this
    texts.look(path)
    const lines = listAt(this.written, path)
    for (const [index, line] of lines.entries()) {
      const { expression } = mapAt(line, [])
      // What a template makes of it is known only in a run.
      if (typeof expression === 'string' && !expression.includes('{{'))
        texts.condition(expression, [...path, index, 'expression'])
    }
    const broken = schemaFindings(lines, path, baseDir)
    texts.findings.push(...broken)
    if (broken.length > 0) return []
    return items.flatMap((item) => texts.quietly(() => compilePlannedCheck(item, baseDir)) ?? [])
  }

  private payload(block: PayloadSpec, path: Path) {
    const { texts, baseDir } = this
    texts.look([...path, 'custom'])
    try {
      const spec = withFields(block, baseDir)
      if (block.payloadFile !== undefined) texts.fieldsIn(block.payloadFile, spec.custom, [...path, 'payloadFile'])
      return texts.quietly(() => compilePayload(spec))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      texts.report(E_FILE.refused(error), [...path, 'payloadFile'])
      return undefined
    }
  }
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
