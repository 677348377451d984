/** The option `burn validate --sample`: tries every path with which a scenario reads replies on a sample reply from a file. */
import { Reply } from '../../engine/user/reply/reply.ts'
import { UsageError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { nearest } from '../../language/suggest.ts'
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'
import type { Path } from '../../scenario/read/source/source.ts'
import { targetsOf } from '../../scenario/schema/target.ts'
import { allSteps, mapAt } from '../../scenario/schema/written-steps.ts'
import type { Validated } from '../../scenario/validate.ts'
import { mappingChecks } from './mapping.ts'
import type { PathCheck } from './path-check.ts'
import { isErrorReply, type ReplySample, readAsMessage, readAsRequest } from './reading.ts'
import { captureCheck, stepChecks, withoutText } from './step-checks.ts'

/**
 * The target and the step to which the sample reply of `burn validate --sample` belongs, from the flags `--target` and `--step`. By default, it
 * belongs to all targets. Without a step, it is checked against all message steps or, in a scenario without any, all request steps.
 */
export interface SampleWish {
  readonly target?: string | undefined
  readonly step?: string | undefined
}

/**
 * How one target of a scenario reads the sample reply of `burn validate --sample`: the exchange with that reply, and the value that each path of the
 * scenario finds in it.
 */
export interface TargetReading {
  readonly target: PlannedTarget
  /** The path of the target's block in the scenario. */
  readonly place: Path
  readonly exchange: Exchange
  /** True when the sample was read as the reply to a message, in the target's API format (dialect). */
  readonly understood: boolean
  readonly isError: boolean
  readonly checks: readonly PathCheck[]
  /** The names of the steps that were not checked against the sample. */
  readonly leftOut: readonly string[]
}

interface NamedStep {
  readonly name: string
  readonly path: Path
  readonly isMessage: boolean
  readonly target: string
  readonly setupOrTeardown: boolean
}

/** Reads a sample reply as each chosen target of a scenario would, and returns what it finds. @throws UsageError for an unknown target or step */
export function readingsOf({ scenario, plan, value }: Validated, sample: ReplySample, wish: SampleWish): TargetReading[] {
  if (!scenario || !plan) return []
  const names = plan.targets.map(({ name }) => name)
  if (wish.target !== undefined && !names.includes(wish.target)) throw unknown('target', wish.target, names)
  const steps = namedSteps(plan, value)
  const chosenStep = wish.step === undefined ? undefined : steps.find(({ name }) => name === wish.step)
  if (wish.step !== undefined && !chosenStep) throw unknown('step', wish.step, steps.map(({ name }) => name)) // biome-ignore format: one line
  const meant = wish.target ?? chosenStep?.target
  return plan.targets
    .filter(({ name }) => meant === undefined || name === meant)
    .map((target) => {
      const { name } = target
      const place: Path = scenario.targets ? ['targets', name] : ['target']
      const own = steps.filter((step) => step.target === name)
      const { response } = targetsOf(scenario)[name] ?? {}
      return { place, ...reading({ value, place, target, response, sample, steps: own, chosenStep }) }
    })
}

interface SampleSubject {
  readonly value: unknown
  readonly place: Path
  readonly target: PlannedTarget
  readonly response: unknown
  readonly sample: ReplySample
  readonly steps: readonly NamedStep[]
  readonly chosenStep: NamedStep | undefined
}

function reading({ value, place, target, response, sample, steps, chosenStep }: SampleSubject): Omit<TargetReading, 'place'> {
  const inLoad = steps.filter(({ setupOrTeardown }) => !setupOrTeardown)
  const understood = chosenStep ? chosenStep.isMessage : inLoad.some(({ isMessage }) => isMessage)
  const chosen = chosenStep ? [chosenStep] : inLoad.filter(({ isMessage }) => isMessage === understood)
  const exchange = understood ? readAsMessage(sample, target, response) : readAsRequest(sample, target)
  const isError = understood && isErrorReply(exchange)
  const reply = new Reply(exchange, {})
  const checks = understood ? mappingChecks(value, [...place, 'response'], sample, isError) : []
  const blind = checks.some(({ state, place: at }) => state === 'missing' && ['text', 'delta'].includes(String(at.at(-1))))
  if (!isError) {
    const taken = [...(understood ? idCheck(value, reply) : []), ...chosen.flatMap(({ path }) => stepChecks(value, path, reply))]
    checks.push(...(blind ? taken.map((check) => withoutText(check, reply)) : taken))
  }
  return {
    target,
    exchange,
    understood,
    isError,
    checks,
    leftOut: steps.filter((step) => !chosen.includes(step)).map(({ name }) => name),
  }
}

function idCheck(value: unknown, reply: Reply): PathCheck[] {
  const place = ['conversation', 'id', 'from']
  const from = mapAt(value, ['conversation', 'id']).from
  // The cast is safe: the schema allows only these forms of a capture.
  return from === undefined ? [] : [captureCheck(from as Parameters<typeof captureCheck>[0], place, reply)]
}

/** Returns the message and request steps of the plan, each with its path in the written scenario `value`, in which they have the same order. */
function namedSteps({ exchanges, targets }: Plan, value: unknown): NamedStep[] {
  const written = allSteps(value).filter(({ step }) => step.message !== undefined || step.request !== undefined)
  return exchanges.map(({ name, kind, target, setupOrTeardown }, index) => ({
    name,
    path: written[index]?.path ?? [],
    isMessage: kind === 'message',
    target: targets[target]?.name ?? '',
    setupOrTeardown,
  }))
}

function unknown(kind: 'target' | 'step', name: string, known: readonly string[]): UsageError {
  const near = nearest(name, known)
  const list = `${kind}s: ${known.join(', ')}`
  return new UsageError(
    `--${kind} ${name}: the scenario has no such ${kind}`,
    near === undefined ? list : `did you mean ${near}? ${list}`,
  )
}
