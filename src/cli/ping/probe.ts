import type { Scenario } from '../../scenario/schema/schema.ts'
import type { Step } from '../../scenario/schema/steps.ts'
import { targetsOf } from '../../scenario/schema/target.ts'

/** What the user asks `burn ping` to try: which target or which flow (list of steps) of a scenario, with which message, and within how many ms. */
export interface ProbeWish {
  /** Name of the target to try; undefined when the scenario has only one. */
  readonly target: string | undefined
  /** Index of the flow whose steps to try; undefined for the first flow that sends to the target. */
  readonly flow?: number
  /** A message to send instead of the scenario's steps; undefined to run the steps. */
  readonly message: string | undefined
  /** Time limit of the whole exchange, in ms. */
  readonly timeoutMs: number
}

/**
 * Returns the scenario that `burn ping` runs: the given one without everything that only matters under load, such as retries, delays, thresholds,
 * alerts and injected faults. All its time-outs are at most `timeoutMs`.
 */
export function probeScenario(scenario: Scenario, wish: ProbeWish): Scenario {
  const target = scenario.target && withTimeout(scenario.target, wish.timeoutMs)
  const targets =
    scenario.targets &&
    Object.fromEntries(Object.entries(scenario.targets).map(([name, block]) => [name, withTimeout(block, wish.timeoutMs)]))
  return {
    ...scenario,
    target,
    targets,
    load: undefined,
    thresholds: undefined,
    onError: undefined,
    faults: undefined,
    budget: undefined,
    alerts: undefined,
    stopWhen: undefined,
    judge: undefined,
    observe: undefined,
    monitor: undefined,
    health: undefined,
    requireHealthy: undefined,
    flows: undefined,
    graceful: wish.timeoutMs,
    steps: stepsOf(scenario, wish).flatMap((step) => withoutWaits(step, wish.timeoutMs)),
  }
}

type Timed = { readonly timeouts?: Readonly<Record<string, number | undefined>> | undefined }

function withTimeout<Block extends Timed>(block: Block, timeoutMs: number): Block {
  const own = Object.entries(block.timeouts ?? {}).map(([stage, ms]) => [stage, Math.min(ms ?? timeoutMs, timeoutMs)])
  const all = ['connect', 'firstToken', 'idle', 'total'].map((stage) => [stage, timeoutMs])
  return { ...block, timeouts: { ...Object.fromEntries(all), ...Object.fromEntries(own) } }
}

function stepsOf(scenario: Scenario, { target, message, flow }: ProbeWish): Step[] {
  const to = scenario.targets && target !== undefined ? { target } : {}
  const own = message === undefined ? stepsTo(scenario, target, flow) : undefined
  return own ?? [{ message: message ?? 'Hello', name: 'ping', ...to }]
}

/** Returns the steps of the chosen flow or, when none is chosen, of the first one that sends to the target; undefined when there is none. */
function stepsTo(scenario: Scenario, target: string | undefined, index: number | undefined): Step[] | undefined {
  const [first] = Object.keys(targetsOf(scenario))
  const flows = scenario.flows ?? [{ steps: scenario.steps ?? [], target: undefined }]
  const goes = ({ steps, target: ofFlow }: (typeof flows)[number]) =>
    target === undefined || steps.some((step) => goesTo(step, target, ofFlow ?? first))
  const flow = index === undefined ? flows.find(goes) : flows[index]
  // The flow's own `target` is lost here, so each step gets its name.
  return flow?.steps.map((step) => (flow.target === undefined ? step : sentTo(step, flow.target)))
}

function goesTo(step: Step, target: string, standard: string | undefined): boolean {
  if ('loop' in step) return step.loop.steps.some((inner) => goesTo(inner, target, standard))
  if ('if' in step) return [...step.then, ...(step.else ?? [])].some((inner) => goesTo(inner, target, standard))
  return ('message' in step || 'request' in step) && (step.target ?? standard) === target
}

function sentTo(step: Step, target: string): Step {
  if ('message' in step || 'request' in step) return { ...step, target: step.target ?? target }
  return inside(step, (inner) => [sentTo(inner, target)])
}

/** Returns a step in which `change` was applied to the steps inside its loop or branches. */
function inside(step: Step, change: (step: Step) => Step[]): Step {
  if ('loop' in step) return { loop: { ...step.loop, steps: step.loop.steps.flatMap(change) } }
  if ('if' in step) return { if: step.if, then: step.then.flatMap(change), else: step.else?.flatMap(change) }
  return step
}

function withoutWaits(step: Step, timeoutMs: number): Step[] {
  if ('delay' in step) return []
  if ('message' in step || 'request' in step) {
    const timeouts = step.timeouts && withTimeout(step, timeoutMs).timeouts
    return [{ ...step, timeouts, onError: undefined }]
  }
  return [inside(step, (inner) => withoutWaits(inner, timeoutMs))]
}
