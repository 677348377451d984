/** Compiles steps to planned steps: their templates, conditions, paths, patterns and checks, each with its path for errors. */
import { isCostly } from '../../../metrics/check/check.ts'
import type { Path } from '../../read/source/source.ts'
import type { ExchangeBlock, Step } from '../../schema/steps.ts'
import type { Tags } from '../../schema/tags.ts'
import { listAt } from '../../schema/written-steps.ts'
import { compileCaptures } from '../captures.ts'
import { compileOnError, SKIP } from '../errors.ts'
import type { AttemptStep, ErrorPolicy, PlannedStep, Timeouts } from '../plan.ts'
import { compileTags } from '../tags.ts'
import { mergeTimeouts } from '../target/target.ts'
import type { ScenarioSource, Texts } from '../texts.ts'
import { compileChecks } from './checks.ts'
import { compileDelay } from './delays.ts'
import { StepFiles } from './form-files.ts'
import { compilePayloadBlock, compilePrompt, compileTimes } from './payload-files.ts'

/** A target to which steps send. */
interface StepTarget {
  readonly name: string
  readonly timeouts: Timeouts
}

/** The facts that all steps of a list share, such as the default target and the tags of their flow. */
interface StepContext {
  readonly targets: readonly StepTarget[]
  /** Index of the target to which steps send that name none. */
  readonly target: number
  readonly flow?: string | undefined
  readonly setupOrTeardown?: boolean
  readonly tags?: Tags | undefined
  readonly onError: ErrorPolicy
}

/**
 * Compiles the lists of steps of one scenario, and numbers the steps that send a message or a request. A step without a name gets one with its
 * number: `step-2` for the second of the load, `setup-1` and `teardown-1` for the first of setup and teardown.
 */
export class StepCompiler {
  readonly exchanges: AttemptStep[] = []
  private context: StepContext = { targets: [], target: 0, onError: SKIP }
  /** Number of requests in the lists of steps that were compiled before. */
  private before = 0
  private readonly source: ScenarioSource
  private readonly texts: Texts
  private readonly files: StepFiles

  constructor(source: ScenarioSource) {
    this.source = source
    this.texts = source.texts
    this.files = new StepFiles(source)
  }

  /** Compiles the list of steps at `path`; `context` is what all of them share, such as the flow. */
  compile(steps: readonly Step[], path: Path, context: StepContext): readonly PlannedStep[] {
    this.context = context
    this.before = this.exchanges.length
    return this.all(steps, path)
  }

  /** Compiles a list of steps. For a step that does not fit the schema, and is missing in `steps`, only the templates are checked. */
  private all(steps: readonly Step[], path: Path): PlannedStep[] {
    for (const index of listAt(this.source.written, path).keys()) if (!(index in steps)) this.texts.look([...path, index])
    return steps.flatMap((step, index) => [this.one(step, [...path, index])])
  }

  private one(step: Step, path: Path): PlannedStep {
    const { texts } = this
    if ('message' in step) {
      return this.keep({ kind: 'message', ...this.files.message(step, path), ...this.exchange(step, path) })
    }
    if ('request' in step) {
      const request = this.files.in(texts.tree(step.request, [...path, 'request']), step.request, [...path, 'request'])
      const requestAsText = texts.jsonMember(step.request, 'json')
      const leaves = 'disconnect' in step.request
      return this.keep({ kind: 'request', request, requestAsText, leaves, ...this.exchange(step, path) })
    }
    if ('delay' in step) return { kind: 'delay', draw: compileDelay(step.delay) }
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
      times: compileTimes(times, [...path, 'times'], this.texts),
      condition: condition === undefined ? undefined : this.texts.condition(condition, [...path, 'while']),
      forMs,
      max,
      steps: this.all(steps, [...path, 'steps']),
    }
  }

  private keep<S extends AttemptStep>(step: S): S {
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
      name: step.name ?? (setupOrTeardown ? `${path[0]}-${index - this.before + 1}` : `step-${index + 1}`),
      checks: compileChecks(step.expect ?? [], [...path, 'expect'], this.source),
      checksStatus: (step.expect ?? []).some((item) => item.status !== undefined),
      checksCostly: (step.expect ?? []).some(isCostly),
      captures: compileCaptures(step.capture ?? {}, [...path, 'capture'], this.texts),
      timeouts: mergeTimeouts(step.timeouts, targets[target]?.timeouts),
      tags: this.texts.quietly(() => compileTags({ ...tags, ...step.tags })) ?? [],
      onError: compileOnError(step.onError, onError),
      payload: step.payload && compilePayloadBlock(step.payload, [...path, 'payload'], this.source),
      prompt: step.prompt && compilePrompt(step.prompt, [...path, 'prompt'], this.source),
    }
  }
}
