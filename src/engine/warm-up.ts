/** Runs a plan's steps against this process before the clock starts, so that the first requests of the load do not wait for code to be compiled. */
import { after, isRealTime } from '../clock.ts'
import { isBuiltIn } from '../connectors/index.ts'
import { openLoad } from '../load/arrivals.ts'
import { closedLoad } from '../load/closed.ts'
import type { Load } from '../load/executor.ts'
import { rampCurve } from '../load/timetable/curve.ts'
import { DEFAULT_BOUNDS } from '../metrics/validity/facts.ts'
import type { MessageStep, Plan, PlannedTarget, RequestStep } from '../scenario/compile/plan.ts'
import { buildResult } from './outcome/build-result.ts'
import { ThresholdEvaluators } from './outcome/evaluators.ts'
import { runPlan } from './run-plan.ts'
import { Control } from './schedule/control.ts'
import { copyOf } from './share/plan-copy.ts'
import { MemoryConnection, StandIn } from './stand-ins.ts'

/** A load that starts fewer iterations per second than this, or has fewer users, is not held up by compilation for long. */
const LEAST_PER_SECOND = 100
const LEAST_USERS = 50
/** The number of attempts of the last round: as many as the load starts in its first `ATTEMPTS_OF_MS`, but at least and at most so many. */
const ATTEMPTS_OF_MS = 2000
const LEAST_ATTEMPTS = 500
const MOST_ATTEMPTS = 20_000
/** The attempts of each round before the last. */
const ATTEMPTS_OF_A_SHORT_ROUND = 300
/** Users that share the attempts of a round. */
const USERS = 10
/** How fast the arrivals of a round come, per second: faster than its users can take them. */
const ROUND_PER_SECOND = 20_000
/** All rounds together end after this time for each attempt of the last round, in ms, but not before `SHORTEST_LIMIT_MS`. */
const LIMIT_MS_PER_ATTEMPT = 0.1
const SHORTEST_LIMIT_MS = 400

/** A share counts as large when the load of all shares together is: the parts of a run are as exact as the whole would be. */
function isLarge({ phases }: Plan): boolean {
  const load = phases[0]?.wholeLoad ?? phases[0]?.load
  if (!load) return false
  return load.model === 'open' ? load.peakPerSecond >= LEAST_PER_SECOND : load.maxUsers >= LEAST_USERS
}

/**
 * Runs the steps of a large plan some hundred or thousand times through the whole engine, against stand-ins for its targets in this process: nothing
 * reaches a target, is counted or stored, and no credentials are fetched. Does nothing for small plans, in virtual time, and for protocols of
 * plugins, which may not expect it. Ends when the run that `runControl` controls is stopped. Resolves with the number of attempts; never rejects.
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
  const stopTimer = after(Math.max(SHORTEST_LIMIT_MS, LIMIT_MS_PER_ATTEMPT * attemptsOf(plan)), end)
  const unsubscribe = runControl.onChange(end)
  if (runControl.state !== 'running') end()
  let made = 0
  try {
    const url = await server.listen()
    for (let load = rounds.shift(); load; load = rounds.shift()) {
      control = new Control()
      made += await runRound(rehearsalOf(plan, url, load), control, mockOrigins)
    }
  } catch {
    // What cannot be done here, such as listening without a free descriptor, shows in the run itself, where it is reported.
  } finally {
    stopTimer()
    unsubscribe()
    server.close()
  }
  return made
}

/** The number of attempts of the last round. A closed load does not say how many iterations it starts. */
function attemptsOf({ phases }: Plan): number {
  const load = phases[0]?.load
  const expected = load?.model === 'open' ? load.countAt(Math.min(ATTEMPTS_OF_MS, load.lengthMs)) : 0
  return Math.min(MOST_ATTEMPTS, Math.max(LEAST_ATTEMPTS, expected))
}

/**
 * The loads of all rounds. The compiler makes code that is fast for the objects and functions that it has seen so far, and throws it away when
 * others come: a few short rounds, in both loops where the plan needs the open one, show it that each run has its own, before the last one
 * runs long enough for everything to be compiled. Without them, the code of that round is thrown away when the load starts.
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

/** Runs one round, and makes a result of it, as checkpoints do. Resolves with the number of attempts. */
async function runRound(rehearsal: Plan, control: Control, mockOrigins: ReadonlyMap<string, string>): Promise<number> {
  const { state, finished } = runPlan(rehearsal, control, { mockOrigins, gracefulMs: () => SHORTEST_LIMIT_MS })
  await finished
  const evaluators = new ThresholdEvaluators(state.plan, state.recorder, state)
  buildResult(state, { runId: '', isRunning: true, evaluators, bounds: DEFAULT_BOUNDS, exits: [], notes: [] })
  return state.recorder.total.counts.started
}

/**
 * A copy of the plan that runs against this process: without what would touch anything outside of it or take time, such as data files,
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

function mayRehearse(step: MessageStep | RequestStep): boolean {
  return !step.setupOrTeardown && !(step.kind === 'request' && step.leaves)
}

function standInFor({ connector, options, url }: PlannedTarget, standIn: string): Partial<PlannedTarget> {
  const own = connector.loopback?.(options)
  if (own !== undefined) return { options: own, url: { ...url, static: true, render: () => standIn, value: () => standIn } }
  return { connector: { ...connector, open: async (_options, context) => new MemoryConnection(context) } }
}
