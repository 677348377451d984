/** Sends the messages of an audit, one at a time, and collects the replies. */

import type { Clock } from '../../clock.ts'
import type { EmbeddedMock, StartMock } from '../../engine/embedded-mocks.ts'
import { runScenario } from '../../engine/run-scenario.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { Exchange } from '../../exchange.ts'
import { ATTEMPT_DISTRIBUTIONS, type AttemptMetricName } from '../../metrics/groups/catalogue.ts'
import { startMockWorker } from '../../mock/spawn.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import type { AuditReply, PromptKind } from './reply.ts'

/**
 * Returns two functions. `start` starts a mock server or, when one already runs with the same settings, returns that one, so that all runs of an
 * audit use the same cache. `close` stops all of these servers.
 */
export function lastingMocks(start: StartMock = startMockWorker): {
  readonly start: StartMock
  readonly close: () => Promise<void>
} {
  const started = new Map<string, EmbeddedMock>()
  return {
    async start(settings) {
      const key = JSON.stringify(settings)
      const mock = started.get(key) ?? (await start(settings))
      started.set(key, mock)
      return { url: mock.url, close: () => Promise.resolve() }
    },
    async close() {
      await Promise.all([...started.values()].map((mock) => mock.close()))
    },
  }
}

/** What is needed to send the messages of an audit. */
interface Sending {
  readonly startMock: StartMock
  /** Aborts the audit, for example on Ctrl-C. */
  readonly signal: AbortSignal
  readonly clock?: Clock
}

/**
 * Runs a plan of `burn audit` and resolves with the replies to its messages, failed ones included; the run ends early when already the first message
 * fails. `kinds` says for each message whether its prompt is new or repeated. The returned `problems` are errors that no message caused, such as
 * those of setup.
 */
export async function repliesTo(
  plan: Plan,
  kinds: readonly PromptKind[],
  { startMock, signal, clock }: Sending,
): Promise<{ readonly replies: readonly AuditReply[]; readonly problems: readonly string[] }> {
  const control = new Control()
  const cancel = () => control.cancel()
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  const replies: AuditReply[] = []
  const { state } = await runScenario(plan, {
    control,
    startMock,
    ...(clock && { clock }),
    onSecret: (value) => knownSecrets.add(value),
    onAttempt: ({ exchange, dimensions }) => {
      if (plan.exchanges[dimensions.step]?.setupOrTeardown || exchange.outcome === 'cut') return
      replies.push(replyOf(exchange, kinds[replies.length % kinds.length] ?? 'distinct'))
      if (replies.every(({ failure }) => failure !== undefined)) control.stop('finished')
    },
  })
  signal.removeEventListener('abort', cancel)
  const { scenarioErrors, setupFailure } = state
  return { replies, problems: [...scenarioErrors.keys(), ...(setupFailure === undefined ? [] : [setupFailure])] }
}

function replyOf(exchange: Exchange, kind: PromptKind): AuditReply {
  const { text, toolArguments, failure, usage, frames, gapsMs } = exchange
  return {
    kind,
    failure,
    text,
    characters: text.length + toolArguments.length,
    usage,
    frames,
    together: gapsMs.filter((gap) => gap === 0).length,
    ttft: timeOf('ttft', exchange),
    serviceTime: timeOf('service_time', exchange),
    pieceTime: frames > 1 ? (exchange.lastTokenAt - exchange.firstTokenAt) / (frames - 1) : undefined,
  }
}

function timeOf(name: AttemptMetricName, exchange: Exchange): number | undefined {
  return ATTEMPT_DISTRIBUTIONS.find((metric) => metric.name === name)?.of(exchange)
}
