/**
 * Metrics that are not measured on attempts and are known only at the end of a run: those of servers, machines, health checks, outages, and the
 * quality of replies.
 */
import type { MetricUnit } from '../../../result/schema.ts'

/** The fields that the definition of every metric has, such as name, unit and formula. */
export interface Described {
  readonly name: string
  readonly unit: MetricUnit
  readonly formula: string
  /** An explanation of the metric for users, of one sentence. */
  readonly describe: string
  /** Names that other programs give to this metric. */
  readonly aliases?: readonly string[]
  /** The only direction in which a late load generator can change the metric; undefined when it can raise and lower it. */
  readonly lateness?: 'raises' | 'lowers' | 'none'
  /** True when a late load generator can make the metric worse only by causing time-outs. */
  readonly byTimeouts?: boolean
  /** True when the metric is computed from the text or the tokens of replies. */
  readonly ofText?: boolean
}

/** The definition of a metric with many values over the whole run, such as the queue length of an observed server or the scores of replies. */
interface WholeRunDistribution extends Described {
  readonly kind: 'distribution'
  readonly source: SideSource | 'quality' | 'traffic'
  /**
   * How samples of the metric arise: `gauge` from repeated readings of a state, `histogram` from the buckets of a server's histogram, `scores` from
   * one value per reply.
   */
  readonly shape: 'gauge' | 'histogram' | 'scores'
}

/** Where a metric is read beside the load: from a server, a machine, or a health check. */
type SideSource = 'server' | 'machine' | 'health'

/** The definition of a metric that is the growth of a counter of a server or machine over the whole run. */
interface WholeRunCount extends Described {
  readonly kind: 'count'
  readonly source: SideSource
  readonly ofRun: true
  /** Always 0: the value does not come from counters of attempts. */
  readonly count: () => number
}

/** The definition of a metric that is a share: of the replies with a flaw, or of the health checks that succeeded. */
interface WholeRunShare extends Described {
  readonly kind: 'share'
  readonly source: 'quality' | 'health'
  readonly ofRun: true
  /** Always 0: the value does not come from counters of attempts. */
  readonly part: () => number
  readonly whole: () => number
}

/**
 * The definition of a metric of servers, machines, health checks, outages or the quality of replies, whose value is known only at the end of the run.
 */
export type WholeRunMetric = WholeRunDistribution | WholeRunCount | WholeRunShare

const gauge = (name: string, unit: MetricUnit, describe: string): WholeRunDistribution => ({
  name: `server.${name}`,
  kind: 'distribution',
  source: 'server',
  shape: 'gauge',
  unit,
  formula: 'as the server told it, each time that it was asked',
  describe,
})
const histogram = (name: string, describe: string): WholeRunDistribution => ({
  name: `server.${name}`,
  kind: 'distribution',
  source: 'server',
  shape: 'histogram',
  unit: 'ms',
  formula: "growth of the server's buckets; percentiles interpolated within a bucket",
  describe,
})
const counter = (name: string, unit: MetricUnit, describe: string): WholeRunCount => ({
  name: `server.${name}`,
  kind: 'count',
  source: 'server',
  ofRun: true,
  count: () => 0,
  unit,
  formula: 'growth from before the load to after it, over restarts',
  describe,
})

/** Metrics that observed servers report (`observe`), for thresholds. After `server.`, a name is the same as in the field `server` of the result. */
const SERVER_METRICS: readonly WholeRunMetric[] = [
  gauge('running', 'count', 'Requests that the observed server works on'),
  gauge('queue', 'count', 'Requests that wait in the server'),
  gauge('kv_usage', 'ratio', 'Use of its KV cache; above 90 % preemptions are near'),
  gauge('cache_hit_rate', 'ratio', 'Share of the prompt that its prefix cache held'),
  gauge('gpu_usage', 'ratio', 'How busy its GPUs are'),
  gauge('gpu_memory', 'bytes', 'Memory in use on its GPUs'),
  counter('preemptions', 'count', 'Requests that the server set back for want of memory'),
  counter('tokens_in', 'tokens', 'Prompt tokens that the server counted'),
  counter('tokens_out', 'tokens', 'Generated tokens that the server counted'),
  counter('requests', 'count', 'Requests that the server finished'),
  counter('requests_failed', 'count', 'Requests that failed in the server'),
  histogram('ttft', 'First token, from the arrival at the server'),
  histogram('queue_time', 'Wait in the server before it began'),
  histogram('prefill_time', 'Time in prefill'),
  histogram('decode_time', 'Time in decode'),
  histogram('itl', 'Time between tokens'),
  histogram('e2e', 'Whole request, within the server'),
]

const score = (name: string, describe: string, lateness: Described['lateness'] = 'none'): WholeRunDistribution => ({
  name: `quality.${name}`,
  kind: 'distribution',
  source: 'quality',
  shape: 'scores',
  unit: 'ratio',
  lateness,
  formula: 'one value for each reply that was measured',
  describe,
})
const flag = (name: string, describe: string): WholeRunShare => ({
  name: `quality.${name}`,
  kind: 'share',
  source: 'quality',
  ofRun: true,
  part: () => 0,
  whole: () => 0,
  unit: 'ratio',
  lateness: 'none',
  formula: 'replies with the flag ÷ replies to which it applies',
  describe,
})

/** Metrics of the quality of replies to messages, for thresholds. The field `quality` of the result has them as `measures` and `flags`. */
const QUALITY_METRICS: readonly WholeRunMetric[] = [
  score('relevance', 'Words of the message that the reply has, by heuristics; 1 is good'),
  score('coherence', 'How regular the sentences are; 1 is good'),
  score('completeness', 'Length of the reply by what was asked; 1 is good'),
  score('safety', '1 without any text of quality.blocklist'),
  score('latency', '1 up to quality.targetLatencyMs, 0 at three times as much', 'lowers'),
  score('overall', 'The mean of the five, by quality.weights; 1 is good', 'lowers'),
  score('repetition', 'How much of a reply repeats itself; 0 is good'),
  score('turn_similarity', 'Likeness to earlier answers of the conversation; 0 is good'),
  score('session_similarity', 'Likeness to answers of other sessions to other messages; 0 is good'),
  flag('stuck', 'A loop, repeated groups of words, or a long part said twice'),
  flag('loops', 'Replies that end in a loop'),
  flag('truncated', 'Replies that were cut off'),
  flag('refusals', 'Replies that decline'),
  flag('wrong_language', 'Replies in another language than the message'),
  flag('same_answer', 'Another message of the conversation got the same answer'),
  flag('shared_answer', 'Another session got the answer to another message'),
]

const ofMachine = (name: string, unit: MetricUnit, describe: string): WholeRunDistribution => ({
  ...gauge(name, unit, describe),
  name: `machine.${name}`,
  source: 'machine',
  formula: 'the value of each reading of the machine',
})
const sumOfMachine = (name: string, unit: MetricUnit, describe: string): WholeRunCount => ({
  ...counter(name, unit, describe),
  name: `machine.${name}`,
  source: 'machine',
})

/**
 * Metrics of watched machines (`monitor`), for thresholds; {name=…} selects processes. After `machine.`, a name is the same as in the field `machine`
 * of the result.
 */
const MACHINE_METRICS: readonly WholeRunMetric[] = [
  ofMachine('cpu', 'ratio', 'How busy all CPUs of the machine are, together'),
  ofMachine('load1', 'count', 'Processes that run or wait for a CPU or a disk, mean of a minute'),
  ofMachine('load5', 'count', 'Processes that run or wait for a CPU or a disk, mean of five minutes'),
  ofMachine('load15', 'count', 'Processes that run or wait for a CPU or a disk, mean of fifteen minutes'),
  ofMachine('memory', 'ratio', 'Memory in use; memory that only caches files counts as available'),
  ofMachine('memory_bytes', 'bytes', 'Memory in use, in bytes'),
  ofMachine('swap', 'ratio', 'Use of the swap space; no samples without any'),
  ofMachine('swap_bytes', 'bytes', 'Swap space in use, in bytes'),
  ofMachine('disk', 'ratio', 'How full the file system at / is'),
  ofMachine('disk_bytes', 'bytes', 'Space in use on the file system at /, in bytes'),
  ofMachine('connections', 'count', 'Established TCP connections'),
  ofMachine('process_cpu', 'count', 'CPUs that a watched process keeps busy, such as 1.5; of several the worst counts'),
  ofMachine('process_rss_bytes', 'bytes', 'Memory in RAM of a watched process'),
  sumOfMachine('net_received_bytes', 'bytes', 'Received over the network, loopback left out'),
  sumOfMachine('net_sent_bytes', 'bytes', 'Sent over the network'),
  sumOfMachine('net_errors', 'count', 'Packets with errors, both ways'),
  sumOfMachine('net_drops', 'count', 'Packets that the machine dropped, both ways'),
  sumOfMachine('tcp_retransmits', 'count', 'TCP segments that were sent again'),
  sumOfMachine('disk_read_bytes', 'bytes', 'Read from its disks'),
  sumOfMachine('disk_written_bytes', 'bytes', 'Written to its disks'),
]

const ofHealth = (name: string, formula: string, describe: string): WholeRunDistribution => ({
  ...gauge(name, 'ms', describe),
  name: `health.${name}`,
  source: 'health',
  formula,
})

/** Metrics of health checks (`health`), for thresholds; {name=…} selects one check. */
const HEALTH_METRICS: readonly WholeRunMetric[] = [
  {
    name: 'health.availability',
    kind: 'share',
    source: 'health',
    ofRun: true,
    part: () => 0,
    whole: () => 0,
    unit: 'ratio',
    formula: 'moments when a check was due and the target well ÷ moments when one was due',
    describe: 'How often the target said that it is well; of several checks the worst counts',
  },
  ofHealth('outage', 'first check that failed to the first that succeeded again', 'Length of outages; 0 without any'),
  ofHealth('response', 'time to the whole answer of a check', 'How long good answers of health checks took'),
]

/** Metrics of the outages of a target, seen in its attempts, for thresholds; {target=…} selects one target. */
const TRAFFIC_METRICS: readonly WholeRunMetric[] = [
  {
    ...gauge('outage', 'ms', 'Time without a success in which three or more attempts of a target failed in a row; 0 without any'),
    name: 'traffic.outage',
    source: 'traffic',
    formula: 'first failure due (or last success, if later) to the end of the first success again',
  },
]

/** The definitions of the metrics of servers, machines, health checks, outages and the quality of replies, known only at the end of the run. */
export const WHOLE_RUN_METRICS: readonly WholeRunMetric[] = [
  ...SERVER_METRICS,
  ...MACHINE_METRICS,
  ...HEALTH_METRICS,
  ...TRAFFIC_METRICS,
  ...QUALITY_METRICS,
]
