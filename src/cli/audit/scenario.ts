/** The scenario that an audit runs: one user that sends one message of the given scenario, again and again. */
import type { FeederSpec } from '../../data/index.ts'
import { UsageError } from '../../errors.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import type { Step } from '../../scenario/schema/steps.ts'
import { probeScenario } from '../ping/probe.ts'

type MessageStepBlock = Extract<Step, { readonly message: unknown }>

/** Which message of a scenario an audit sends, where and how often. */
interface AuditWish {
  readonly target: string
  /** A message to send in place of the scenario's; undefined for the first one that the scenario sends to the target. */
  readonly message: string | undefined
  readonly timeoutMs: number
  readonly iterations: number
  /** False to ask for replies without a stream; undefined for the target's own setting. */
  readonly stream?: false
}

/**
 * Returns the scenario that `burn audit` runs: one user who repeatedly sends the given scenario's first message to a target; the message's checks and
 * captures are left out.
 * @throws UsageError when no step sends a message to the target
 */
export function auditScenario(scenario: Scenario, wish: AuditWish): Scenario {
  const base = probeScenario(scenario, { ...wish, target: scenario.targets ? wish.target : undefined })
  const step = firstMessage(
    base.steps ?? [],
    (to) => !scenario.targets || (to ?? Object.keys(scenario.targets)[0]) === wish.target,
  )
  if (step === undefined)
    throw new UsageError(
      `${scenario.name}: no step sends a message to ${wish.target}`,
      'an audit compares replies to messages: name a scenario with one, or give --message',
    )
  const { stream } = wish
  const whole = <Block extends object>(block: Block): Block => (stream === undefined ? block : { ...block, stream })
  return {
    ...base,
    target: base.target && whole(base.target),
    targets: base.targets && Object.fromEntries(Object.entries(base.targets).map(([name, block]) => [name, whole(block)])),
    data: base.data && Object.fromEntries(Object.entries(base.data).map(([name, spec]) => [name, endless(spec)])),
    load: [{ name: 'audit', warmup: false, shape: 'shared-iterations', fields: { iterations: wish.iterations, users: 1 } }],
    steps: [{ set: {} }, { ...step, expect: undefined, capture: undefined, toolReply: undefined, toolRounds: undefined }],
  }
}

/** Makes a data file start again at its end, so that there is a row for every message. */
const endless = (spec: FeederSpec): FeederSpec => ({ ...spec, pick: 'sequence', onEnd: 'wrap' })

function firstMessage(steps: readonly Step[], isThere: (target: string | undefined) => boolean): MessageStepBlock | undefined {
  for (const step of steps) {
    if ('message' in step && isThere(step.target)) return step
    const inner = 'loop' in step ? step.loop.steps : 'if' in step ? [...step.then, ...(step.else ?? [])] : []
    const found = firstMessage(inner, isThere)
    if (found) return found
  }
  return undefined
}
