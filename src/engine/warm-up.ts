/** Runs a plan's steps against this process before the clock starts, so that the first requests of the load do not wait for code to be compiled. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { after, isRealTime, nextTurn } from '../clock.ts'
import { isBuiltIn } from '../connectors/index.ts'
import type { Connection, OpenContext } from '../connectors/wire/connector.ts'
import type { Exchange } from '../exchange.ts'
import { closedLoad } from '../load/closed.ts'
import { DEFAULT_BOUNDS } from '../metrics/validity/facts.ts'
import type { Plan, PlannedTarget } from '../scenario/compile/plan.ts'
import { buildResult } from './outcome/build-result.ts'
import { ThresholdEvaluators } from './outcome/evaluators.ts'
import { runPlan } from './run-plan.ts'
import { Control } from './schedule/control.ts'

/** A load that starts fewer iterations per second than this, or has fewer users, is not held up by compilation for long. */
const LEAST_PER_SECOND = 100
const LEAST_USERS = 50
/** Number of attempts for warming up, of the users that share them, and the most time that they may take, in ms. */
const ATTEMPTS = 500
const USERS = 10
const LONGEST_MS = 400

function isLarge({ phases }: Plan): boolean {
  const load = phases[0]?.load
  if (!load) return false
  return load.model === 'open' ? load.peakPerSecond >= LEAST_PER_SECOND : load.maxUsers >= LEAST_USERS
}

/**
 * Runs the steps of a large plan some hundred times through the whole engine, against stand-ins for its targets in this process: nothing reaches a
 * target, is counted or stored, and no credentials are fetched. Does nothing for small plans, in virtual time, and for protocols of plugins,
 * which may not expect it. Resolves with the number of attempts; never rejects.
 */
export async function warmUp(plan: Plan, mockOrigins: ReadonlyMap<string, string>): Promise<number> {
  if (!isLarge(plan) || !isRealTime() || !plan.targets.every(({ protocol }) => isBuiltIn(protocol))) return 0
  const control = new Control()
  const endEarly = after(LONGEST_MS, () => control.cancel())
  const server = new StandIn()
  try {
    const { state, finished } = runPlan(inThisProcess(plan, await server.listen()), control, { mockOrigins, gracefulMs: () => 0 })
    await finished
    // Checkpoints make a result as well.
    const evaluators = new ThresholdEvaluators(state.plan, state.recorder)
    buildResult(state, { runId: '', isRunning: true, evaluators, bounds: DEFAULT_BOUNDS, exits: [], notes: [] })
    return state.recorder.total.counts.started
  } catch {
    // What cannot be done here, such as listening without a free descriptor, shows in the run itself, where it is reported.
    return 0
  } finally {
    endEarly()
    server.close()
  }
}

/** The plan without what would touch anything outside of this process or take time: its targets, data files, credentials, setup and delays. */
function inThisProcess(plan: Plan, url: string): Plan {
  const steps = plan.exchanges.filter((step) => !step.setupOrTeardown && !(step.kind === 'request' && step.leaves))
  const load = closedLoad({
    lengthMs: undefined,
    maxUsers: USERS,
    usersAt: () => USERS,
    sharedIterations: Math.ceil(ATTEMPTS / Math.max(1, steps.length)),
  })
  return {
    ...plan,
    targets: plan.targets.map((target) => ({ ...target, auth: undefined, mock: undefined, ...standInFor(target, url) })),
    phases: [{ name: 'warm-up', shape: 'shared-iterations', warmup: false, load }],
    flows: [{ name: undefined, weight: 1, steps }],
    setup: [],
    teardown: [],
    data: {},
    thresholds: [],
  }
}

function standInFor({ connector, options, url }: PlannedTarget, standIn: string): Partial<PlannedTarget> {
  const own = connector.loopback?.(options)
  if (own !== undefined) return { options: own, url: { ...url, static: true, render: () => standIn, value: () => standIn } }
  return { connector: { ...connector, open: async (_options, context) => new MemoryConnection(context) } }
}

const BODY = '{"id":1,"text":"text"}'
const REPLY = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`
/** The first bytes of a request; what follows of it in other pieces gets no reply of its own. */
const BEGINNING = /^[A-Z]+ \S/

/** A server on this machine that answers every HTTP/1.1 request with the same reply. */
class StandIn {
  private readonly sockets = new Set<Socket>()
  private readonly server: Server = createServer((socket) => {
    this.sockets.add(socket.on('error', () => {}))
    socket.on('data', (piece) => {
      if (BEGINNING.test(piece.toString('latin1', 0, 16))) socket.write(REPLY)
    })
  })

  /** Resolves with the address of the server; rejects when it cannot listen. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`))
    })
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }
}

/** A connection whose replies come from this process, in the next turn of the event loop. */
class MemoryConnection implements Connection<unknown> {
  private isUsed = false

  constructor({ events }: OpenContext) {
    events.opened({ dnsMs: null, connectMs: 0, tlsMs: null })
  }

  send(_request: unknown, exchange: Exchange): void {
    exchange.carried(this.isUsed)
    this.isUsed = true
    exchange.sent(BODY.length)
    nextTurn(() => {
      if (!exchange.settled) exchange.data(Buffer.from(BODY))
      if (!exchange.settled) exchange.done()
    })
  }

  cancel(): void {}

  close(): void {}
}
