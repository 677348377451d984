/** Runs a plan's steps against this process before the clock starts, so that the first requests of the load do not wait for code to be compiled. */
import { after, isRealTime } from '../clock.ts'
import { isBuiltIn } from '../connectors/index.ts'
import { openLoad } from '../load/arrivals.ts'
import { closedLoad } from '../load/closed.ts'
import type { Load } from '../load/executor.ts'
import { rampCurve } from '../load/timetable/curve.ts'
import { DEFAULT_BOUNDS } from '../metrics/validity/facts.ts'
import type { AttemptStep, Plan, PlannedTarget } from '../scenario/compile/plan.ts'
import { isMap } from '../text/json.ts'
import { buildResult } from './outcome/build-result.ts'
import { ThresholdEvaluators } from './outcome/evaluators.ts'
import { runPlan } from './run-plan.ts'
import { Control } from './schedule/control.ts'
import { copyOf } from './share/plan-copy.ts'
import { MemoryConnection, StandIn } from './stand-ins.ts'

/**
 * Arrival rate, in iterations per second, from which code is warmed up before the load; `LEAST_USERS` is the number of users from which it is. A
 * smaller load is hardly delayed by compilation.
 */
const LEAST_PER_SECOND = 100
const LEAST_USERS = 50
/**
 * The last round of the code warm-up makes as many attempts as the load starts in its first so many ms, but at least `LEAST_ATTEMPTS` and at most
 * `MOST_ATTEMPTS`.
 */
const ATTEMPTS_OF_MS = 2000
const LEAST_ATTEMPTS = 500
const MOST_ATTEMPTS = 20_000
/** Number of attempts in each round of the code warm-up before the last. */
const ATTEMPTS_OF_A_SHORT_ROUND = 300
/** Number of users that make the attempts of a round of the code warm-up. */
const USERS = 10
/** Arrival rate of a round of the code warm-up, per second: higher than its users can serve. */
const ROUND_PER_SECOND = 20_000
/** Time limit of all rounds of the code warm-up together, in ms per attempt of the last round, but at least `SHORTEST_LIMIT_MS`. */
const LIMIT_MS_PER_ATTEMPT = 0.1
const SHORTEST_LIMIT_MS = 400

/** Returns true when a load is large enough to warm up code for it. A share counts by the load of all shares together. */
function isLarge({ phases }: Plan): boolean {
  const load = phases[0]?.wholeLoad ?? phases[0]?.load
  if (!load) return false
  return load.model === 'open' ? load.peakPerSecond >= LEAST_PER_SECOND : load.maxUsers >= LEAST_USERS
}

/**
 * Runs the steps of a plan before a large load starts, so that V8 has compiled the code that the load will use. Stand-ins in this process take the
 * place of targets: nothing reaches a target, is counted or stored. Does nothing for small loads, with a simulated clock, or for protocols of
 * plugins. Ends early when the run that `runControl` controls is stopped. Resolves with the number of attempts; never rejects.
 */
export async function warmUp(plan: Plan, mockOrigins: ReadonlyMap<string, string>, runControl: Control): Promise<number> {
  if (!isLarge(plan) || !isRealTime() || !plan.targets.every(({ protocol }) => isBuiltIn(protocol))) return 0
  const server = new StandIn()
  const rounds = roundsOf(plan)
  let control = new Control()
  const end = () => {
    rounds.length = 0
    control.cancel()
  }
  let stopTimer = (): void => {}
  const unsubscribe = runControl.onChange(end)
  if (runControl.state !== 'running') end()
  let made = 0
  try {
    // Loading modules takes long on a busy machine. The limit is for the rounds alone, or none of it might be left for them.
    await Promise.all(plan.targets.map(({ connector, options }) => connector.prepare?.(options)))
    stopTimer = after(Math.max(SHORTEST_LIMIT_MS, LIMIT_MS_PER_ATTEMPT * attemptsOf(plan)), end)
    const url = await server.listen()
    for (let load = rounds.shift(); load; load = rounds.shift()) {
      control = new Control()
      made += await runRound(rehearsalOf(plan, url, load), control, mockOrigins)
    }
  } catch {
    // An error here, such as no free descriptor to listen with, is ignored: it occurs again in the run, where it is reported.
  } finally {
    stopTimer()
    unsubscribe()
    server.close()
  }
  return made
}

/**
 * Returns the number of attempts of the last round of the code warm-up, from the arrival rate; a closed load does not say how many iterations it
 * starts.
 */
function attemptsOf({ phases }: Plan): number {
  const load = phases[0]?.load
  const expected = load?.model === 'open' ? load.countAt(Math.min(ATTEMPTS_OF_MS, load.lengthMs)) : 0
  return Math.min(MOST_ATTEMPTS, Math.max(LEAST_ATTEMPTS, expected))
}

/**
 * Returns the loads of all rounds. V8 compiles fast code for the objects and functions that it has seen, and discards it when others appear. The
 * short rounds, in both loops where the plan needs the open one, show V8 that each run has its own objects; the last one is long enough to compile
 * everything. Without the short rounds, the code of the last one is discarded when the load starts.
 */
function roundsOf(plan: Plan): Load[] {
  const steps = Math.max(1, plan.exchanges.filter(mayRehearse).length)
  const short = Math.ceil(ATTEMPTS_OF_A_SHORT_ROUND / steps)
  const isOpen = plan.phases[0]?.load.model === 'open'
  const rounds = isOpen ? [openRound(short), closedRound(short), openRound(short), closedRound(short)] : []
  return [...rounds, closedRound(Math.ceil(attemptsOf(plan) / steps))]
}

function closedRound(iterations: number): Load {
  return closedLoad({ lengthMs: undefined, maxUsers: USERS, usersAt: () => USERS, sharedIterations: iterations })
}

function openRound(iterations: number): Load {
  const lengthMs = (iterations / ROUND_PER_SECOND) * 1000
  return openLoad(rampCurve(ROUND_PER_SECOND, ROUND_PER_SECOND, 0), lengthMs, {
    arrivals: 'constant',
    maxUsers: USERS,
    whenFull: 'queue',
  })
}

/**
 * Runs one round of the code warm-up, and builds a result of it, as checkpoints do, so that this code is compiled too. Resolves with the number of
 * attempts.
 */
async function runRound(rehearsal: Plan, control: Control, mockOrigins: ReadonlyMap<string, string>): Promise<number> {
  const { state, finished } = runPlan(rehearsal, control, { mockOrigins, gracefulMs: () => SHORTEST_LIMIT_MS })
  await finished
  const evaluators = new ThresholdEvaluators(state.plan, state.recorder, state)
  const context = { runId: '', isRunning: true, evaluators, bounds: DEFAULT_BOUNDS, exits: [], wasSignalled: false, notes: [] }
  buildResult(state, context)
  return state.recorder.total.counts.started
}

/**
 * Returns a copy of the plan that runs against a stand-in at `url`, without anything that touches the outside or takes time, such as data files,
 * credentials, setup and delays.
 */
function rehearsalOf(plan: Plan, url: string, load: Load): Plan {
  return copyOf(
    { ...plan, wireFaults: undefined, faultTags: [], observe: [], monitor: [], health: [] },
    {
      targets: plan.targets.map((target) => ({
        ...target,
        auth: undefined,
        mock: undefined,
        localAddresses: undefined,
        ...standInFor(target, url),
      })),
      phases: [{ name: 'warm-up', shape: 'warm-up', warmup: false, load }],
      flows: [{ name: undefined, weight: 1, steps: plan.exchanges.filter(mayRehearse) }],
      setup: [],
      teardown: [],
      data: {},
      thresholds: [],
      faults: undefined,
    },
  )
}

function mayRehearse(step: AttemptStep): boolean {
  return !step.setupOrTeardown && !(step.kind === 'request' && step.leaves)
}

function standInFor({ connector, options, url }: PlannedTarget, standIn: string): Partial<PlannedTarget> {
  const own = connector.loopback?.(options)
  if (own === undefined) return { connector: { ...connector, open: async (_options, context) => new MemoryConnection(context) } }
  return {
    connector: { ...connector, fromStep: (step, ...rest) => connector.fromStep(withoutUrl(step), ...rest) },
    options: own,
    url: { ...url, static: true, render: () => standIn, value: () => standIn },
  }
}

/** Returns a request step without an address of its own, which would lead past the stand-in. */
function withoutUrl(step: unknown): unknown {
  return isMap(step) && step.url !== undefined ? { ...step, url: undefined } : step
}
