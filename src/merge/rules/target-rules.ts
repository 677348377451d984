/** Merge rules for targets, injected faults and connections. */
import type {
  ConnectionMetrics,
  InjectedFault,
  InjectedOnWire,
  LimiterSummary,
  RateLimitSummary,
  Result,
} from '../../result/schema.ts'
import {
  distribution,
  each,
  either,
  fields,
  first,
  inOrder,
  largest,
  later,
  listBy,
  type MergeRule,
  orNull,
  record,
  smallest,
  sum,
  zipped,
} from './values.ts'

type Target = Result['target'][number]
type Breaker = NonNullable<Target['breaker']>

/** How many changes of a circuit breaker, and how many values of a header with the server's version, a result lists. */
const MAX_TRANSITIONS = 1000
const MAX_BUILDS = 5

const rateLimits = fields<RateLimitSummary>({
  replies: sum,
  limitRequests: orNull(first),
  minRemainingRequests: orNull(smallest),
  limitTokens: orNull(first),
  minRemainingTokens: orNull(smallest),
  minRemainingInputTokens: smallest,
  minRemainingOutputTokens: smallest,
  limited: sum,
  lostMs: sum,
  maxRetryAfterMs: orNull(largest),
})

/** Merges the circuit breakers of a target. Each part has a breaker of its own; the merged state is that of the worst one. */
const breaker = fields<Breaker>({
  state: (states) => (['open', 'half-open'] as const).find((state) => states.includes(state)) ?? 'closed',
  opened: sum,
  held: sum,
  heldMs: sum,
  transitions: inOrder((a, b) => a.atMs - b.atMs, MAX_TRANSITIONS),
})

const limiter = fields<LimiterSummary>({
  granted: sum,
  waited: sum,
  gaveUp: sum,
  dropped: sum,
  refused: sum,
  waitTime: distribution,
  tokensEstimated: sum,
  tokensUsed: sum,
})

/** Merges the field `target` (a list of targets) of the results of a run's shards; the targets stay in the order of the scenario. */
export const targets: MergeRule<Result['target']> = zipped(
  fields<Target>({
    name: first,
    url: first,
    protocol: first,
    dialect: first,
    client: first,
    proxy: first,
    insecureTls: either,
    builds: record(each(MAX_BUILDS)),
    rateLimits,
    breaker,
    limiter,
  }),
)

const addedConnections = fields<ConnectionMetrics>({
  totalConnections: sum,
  successfulConnections: sum,
  failedConnections: sum,
  reconnectionCount: sum,
  openConnections: sum,
  // This sum is an upper bound: the parts may have reached their maximum at different moments.
  maxOpenConnections: sum,
  averageConnectionTime: later,
  connectTime: distribution,
  tlsTime: distribution,
  handshakeTime: distribution,
  recoveryTime: distribution,
  bytesSent: sum,
  bytesReceived: sum,
  lostConnections: sum,
  lostInFlight: sum,
  goaways: sum,
})

/** Merges the connection metrics of a run's shards. The largest numbers of open connections are added up, which gives an upper limit. */
export const connections: MergeRule<ConnectionMetrics> = (parts) => {
  const whole = addedConnections(parts)
  return { ...whole, averageConnectionTime: whole.connectTime?.mean ?? null }
}

const injected = fields<InjectedFault>({
  kind: first,
  offered: sum,
  expected: sum,
  drawn: sum,
  injected: sum,
  ok: sum,
  failed: sum,
  blamed: sum,
  serverErrors: sum,
  cut: sum,
  neverSent: sum,
  copies: sum,
  copiesPlanned: sum,
  copiesNeverSent: sum,
  copyReplies: fields({ accepted: sum, rejected: sum, unanswered: sum }),
  waitedMs: sum,
  longestWaitMs: largest,
})

/**
 * Merges the counts of faults that burn injected into attempts over a run's shards. `failureShare`, the fraction of attempts that failed because of
 * faults, is computed later from the sums.
 */
export const faults = fields<NonNullable<Result['faults']>>({
  kinds: listBy(({ kind }) => kind, injected),
  failures: sum,
  failureShare: later,
  sent: sum,
})

/** Merges the counts of faults that burn injected into connections over a run's shards: counts of the same kind of fault are added up. */
export const wireFaults = fields<InjectedOnWire>({
  connections: sum,
  unreached: sum,
  bytesUp: sum,
  bytesDown: sum,
  kinds: listBy(
    ({ kind }) => kind,
    fields<InjectedOnWire['kinds'][number]>({ kind: first, drawn: sum, acted: sum, failed: sum }),
  ),
})
