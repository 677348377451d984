import { setTimeout as sleep } from 'node:timers/promises'
import { expectsText } from '../../engine/outcome/text-not-found.ts'
import { runScenario } from '../../engine/run-scenario.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { SettledAttempt } from '../../engine/user/run-context.ts'
import type { Exchange } from '../../exchange.ts'
import { startMockWorker } from '../../mock/spawn.ts'
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'
import { planOf } from '../../scenario/compile.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { type PingedExchange, viewExchange } from './exchange-view.ts'
import { healthOf } from './health.ts'

export { checkHealth } from './health.ts'

interface PingOnce {
  /** Name of the only target whose exchange is reported; undefined to report one exchange for every step. */
  readonly target: string | undefined
  /** Aborts the ping, for example on Ctrl-C. */
  readonly signal: AbortSignal
}

/**
 * Runs one iteration of a scenario, as a run would, for `burn ping`. Returns each request with its reply, the errors of templates and conditions, and
 * what the targets say about their health.
 */
export async function exchangeOnce(scenario: Scenario, { plan }: LoadedScenario, wish: PingOnce) {
  const { file, baseDir, seed, secrets } = plan
  // Reply bodies, which the ping shows, are kept only in plans that read `reply.json`.
  const probe: Plan = { ...planOf(scenario, { file, baseDir, seed, secrets }), readsReplyJson: true }
  const control = new Control()
  const requests = new Map<Exchange, unknown>()
  const seen = new Map<number, SettledAttempt>()
  const expected = probe.exchanges.filter(({ setupOrTeardown }) => !setupOrTeardown).length
  const stray = new Map<string, number>()
  const targets = probe.targets.map((target) => listeningOn(target, (name, messages) => stray.set(name, messages)))
  const cancel = () => control.cancel()
  wish.signal.addEventListener('abort', cancel, { once: true })
  let health: readonly string[] = []
  const { state } = await runScenario(
    { ...probe, targets },
    {
      control,
      startMock: startMockWorker,
      onSecret: (value) => knownSecrets.add(value),
      onRequest: (request, exchange) => requests.set(exchange, request),
      onAttempt: (attempt) => {
        const { step, target } = attempt.dimensions
        const name = probe.targets[target]?.name
        if (probe.exchanges[step]?.setupOrTeardown && attempt.exchange.outcome === 'ok') return
        if (wish.target !== undefined && name !== wish.target && attempt.exchange.outcome === 'ok') return
        if (!seen.has(step)) seen.set(step, attempt)
        if (wish.target === undefined ? seen.size >= expected : true) control.stop('finished')
      },
      onOver: async (_state, origins) => {
        if (seen.size > 0) health = await healthOf(probe, origins, wish.signal)
      },
    },
  )
  wish.signal.removeEventListener('abort', cancel)
  const scenarioErrors = [...state.scenarioErrors.keys(), ...(state.setupFailure === undefined ? [] : [state.setupFailure])]
  return {
    exchanges: [...seen.values()].flatMap((attempt) => viewAttempt(probe, attempt, requests, stray)),
    /** Errors of the setup, and of templates and conditions outside of the exchanges. */
    scenarioErrors,
    /** The health that the targets report about themselves, one line for each target. */
    health,
  }
}

function viewAttempt(
  plan: Plan,
  { exchange, dimensions, checks }: SettledAttempt,
  requests: ReadonlyMap<Exchange, unknown>,
  stray: ReadonlyMap<string, number>,
): PingedExchange[] {
  const step = plan.exchanges[dimensions.step]
  const target = plan.targets[dimensions.target]
  if (!step || !target) return []
  const labels = step.checks.map(({ label }) => label)
  const facts = {
    exchange,
    target,
    step: step.name,
    isMessage: step.kind === 'message',
    needsText: expectsText(plan, step),
    request: requests.get(exchange),
    checks,
    labels,
  }
  return [viewExchange({ ...facts, strayMessages: stray.get(target.name) ?? 0 })]
}

/** How long a connection is kept open after a reply to see whether further messages arrive, in ms. */
const WAIT_MS = 300

/** Returns the target with connections that close a little later. `notify` is called with the number of messages that arrived after the reply. */
function listeningOn(target: PlannedTarget, notify: (target: string, messages: number) => void): PlannedTarget {
  const { connector } = target
  return {
    ...target,
    connector: {
      ...connector,
      async open(options, context) {
        const connection = await connector.open(options, context)
        if (connection.strayMessages === undefined) return connection
        const close = connection.close.bind(connection)
        connection.close = async () => {
          await sleep(WAIT_MS)
          notify(target.name, connection.strayMessages ?? 0)
          await close()
        }
        return connection
      },
    },
  }
}
