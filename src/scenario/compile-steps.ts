/** Steps become planned steps: templates, expressions, paths, patterns and checks compiled once. */
import { compileExpression } from '../language/expression.ts'
import { compileJsonPath } from '../language/jsonpath.ts'
import { translateLegacyCondition } from '../language/legacy-condition.ts'
import { compileRegex } from '../language/regex.ts'
import { compileTemplate, compileTree } from '../language/template.ts'
import { checkLabel, compileCheck, compileRendered, type ExpectItem } from '../metrics/check.ts'
import { mergeTimeouts } from './compile-target.ts'
import { compileDelay } from './delays.ts'
import type { Capture, CaptureSource, MessageStep, PlannedCheck, PlannedStep, RequestStep, Timeouts } from './plan.ts'
import type { CaptureBlock, ExchangeBlock, Step } from './steps-schema.ts'

/** Compiled steps, and every message and request among them in written order. */
export interface CompiledSteps {
  readonly steps: readonly PlannedStep[]
  readonly exchanges: readonly (MessageStep | RequestStep)[]
}

/** Compiles checked steps; step names left out become step-1, step-2, … */
export function compileSteps(steps: readonly Step[], timeouts: Timeouts): CompiledSteps {
  const compiler = new StepCompiler(timeouts)
  return { steps: compiler.all(steps), exchanges: compiler.exchanges }
}

class StepCompiler {
  readonly exchanges: (MessageStep | RequestStep)[] = []
  private readonly timeouts: Timeouts

  constructor(timeouts: Timeouts) {
    this.timeouts = timeouts
  }

  all(steps: readonly Step[]): PlannedStep[] {
    return steps.map((step) => this.one(step))
  }

  private one(step: Step): PlannedStep {
    if ('message' in step) return this.keep({ kind: 'message', content: compileTemplate(step.message), ...this.exchange(step) })
    if ('request' in step) return this.keep({ kind: 'request', request: compileTree(step.request), ...this.exchange(step) })
    if ('delay' in step) return { kind: 'delay', draw: compileDelay(step.delay) }
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
    const index = this.exchanges.length
    const expect = step.expect ?? []
    return {
      index,
      name: step.name ?? `step-${index + 1}`,
      checks: expect.map(compilePlannedCheck),
      judgesStatus: expect.some((item) => item.status !== undefined),
      captures: Object.entries(step.capture ?? {}).map(([variable, source]) => compileCapture(variable, source)),
      timeouts: mergeTimeouts(step.timeouts, this.timeouts),
    }
  }
}

/** A condition in CEL, or one of the short forms of older files (`contains:yes`). */
export function compileCondition(source: string) {
  return compileExpression(translateLegacyCondition(source) ?? source)
}

function compilePlannedCheck(item: ExpectItem): PlannedCheck {
  const tree = compileTree(item)
  if (tree.static) {
    const check = compileCheck(item)
    return { label: check.label, check }
  }
  return { label: checkLabel(item), tree, compile: (rendered) => compileRendered(rendered, item) }
}

function compileCapture(variable: string, block: CaptureBlock): Capture {
  const written = typeof block === 'string' ? block : (block.json ?? block.header ?? block.regex ?? '')
  const fallback = typeof block === 'string' || block.default === undefined ? undefined : { value: block.default }
  return { variable, written, fallback, source: captureSource(block) }
}

function captureSource(block: CaptureBlock): CaptureSource {
  if (typeof block !== 'string') {
    if (block.json !== undefined) return { from: 'json', path: compileJsonPath(block.json) }
    if (block.header !== undefined) return { from: 'header', name: block.header.toLowerCase() }
    return { from: 'regex', regex: compileRegex(block.regex ?? '') }
  }
  if (block === 'status' || block === 'text') return { from: block }
  if (block.startsWith('header:')) return { from: 'header', name: block.slice('header:'.length).trim().toLowerCase() }
  const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(block) ?? []
  return pattern === undefined
    ? { from: 'json', path: compileJsonPath(block) }
    : { from: 'regex', regex: compileRegex(pattern, flags) }
}
