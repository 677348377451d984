/**
 * Checks thresholds on metrics that are known only at the end of a run: which tags and aggregates they can have, and whether the scenario gives them
 * samples.
 */
import type { MetricDefinition } from '../../../metrics/groups/catalogue.ts'
import type { Threshold, ThresholdProblem } from '../../../metrics/threshold/threshold.ts'
import { member } from '../../schema/schema-walk.ts'

/** What a metric of the whole run demands of the scenario and of a threshold on it, with the texts of the errors. */
interface RunMetricNeeds {
  /** Returns in words what the metric describes, for the error on a wrong tag. */
  readonly isOf: (name: string) => string
  /** Says in words why the metric is known only at the end of the run. */
  readonly known: string
  /** Text of the error when nothing in the scenario gives the metric samples. */
  readonly nobody: string
  readonly hint: string
  readonly isThere: (scenario: unknown) => boolean
  /** The tags that the metric has; left out when it has none. */
  readonly tags?: readonly string[]
  /** Returns a problem when the metric cannot have the threshold's aggregate. */
  readonly askable?: (threshold: Pick<Threshold, 'metric' | 'aggregate'>) => { message: string; hint: string } | undefined
}

/** The demands of metrics of the whole run, by the metric's source or, if it has none, by its name. */
const ASKED: Readonly<Record<string, RunMetricNeeds>> = {
  judge: {
    isOf: (name) => `${name} is of the whole run, as the sample is`,
    known: 'the judge is asked after the load',
    nobody: 'there is no judge',
    hint: 'write judge: { target: … } beside steps',
    isThere: (scenario) => member(scenario, 'judge') !== undefined,
    tags: ['criterion'],
  },
  server: {
    isOf: (name) => `${name} is of the whole server`,
    known: 'what a server tells is judged at the end',
    nobody: 'no server is observed',
    hint: 'write observe: auto beside steps, or give --observe URL',
    isThere: (scenario) => isGiven(member(scenario, 'observe')),
    askable: serverAggregate,
  },
  machine: {
    isOf: (name) => `${name} is of the whole machine`,
    known: 'what a machine did is judged at the end',
    nobody: 'no machine is watched',
    hint: 'write monitor: true beside steps, or give --monitor',
    isThere: (scenario) => isGiven(member(scenario, 'monitor')),
    askable: serverAggregate,
  },
  process: {
    isOf: (name) => `${name} is of the processes that are watched`,
    known: 'what a process did is judged at the end',
    nobody: 'no process is watched',
    hint: 'write monitor: { processes: [node] } beside steps',
    isThere: (scenario) => watchedProcesses(scenario).length > 0,
    tags: ['name'],
    askable: serverAggregate,
  },
  health: {
    isOf: (name) => `${name} is of the health checks`,
    known: 'health checks are judged at the end',
    nobody: 'there is no health check',
    hint: 'write health: http://… beside steps, or give --health URL',
    isThere: (scenario) => isGiven(member(scenario, 'health')),
    askable: serverAggregate,
    tags: ['name'],
  },
  traffic: {
    isOf: (name) => `${name} is of a whole target`,
    known: 'outages are judged at the end',
    nobody: 'nothing is sent',
    hint: 'write steps',
    isThere: () => true,
    tags: ['target'],
    askable: ({ metric, aggregate }) =>
      ['max', 'avg', 'count'].includes(aggregate.kind)
        ? undefined
        : { message: `there is no ${aggregate.kind} of ${metric.name}`, hint: 'one of max, mean, count' },
  },
  quality: {
    isOf: (name) => `${name} is of all replies, or of those of one step`,
    known: 'the quality of replies is measured beside the load and known at the end',
    nobody: 'quality is false',
    hint: 'leave quality: false out',
    isThere: (scenario) => member(scenario, 'quality') !== false,
    tags: ['step'],
    askable: ({ metric, aggregate }) =>
      aggregate.kind === 'sum'
        ? { message: `a sum of ${metric.name} says nothing`, hint: 'one of mean, min, max, p5' }
        : undefined,
  },
}

/** Returns the names and pids of the processes whose CPU and memory a scenario asks to read (`monitor:`). */
export function watchedProcesses(scenario: unknown): string[] {
  const monitor = member(scenario, 'monitor')
  return (Array.isArray(monitor) ? monitor : [monitor]).flatMap((one) => {
    const processes = member(one, 'processes')
    return Array.isArray(processes) ? processes.map(String) : []
  })
}

const isGiven = (value: unknown) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)

/** The aggregates that a metric of an observed server can have, by its kind. */
const SERVER_AGGREGATES: Readonly<Record<string, readonly string[]>> = {
  gauge: ['min', 'max', 'avg', 'percentile', 'count'],
  histogram: ['avg', 'percentile', 'count'],
  count: ['count'],
  share: ['ratio', 'count'],
}

function serverAggregate({ metric, aggregate }: Pick<Threshold, 'metric' | 'aggregate'>) {
  const shape = 'shape' in metric ? metric.shape : metric.kind === 'share' ? 'share' : 'count'
  if (SERVER_AGGREGATES[shape]?.includes(aggregate.kind)) return undefined
  const hint = shape === 'gauge' ? 'one of min, mean, max, p95' : 'one of mean, p50, p95, p99'
  return { message: `there is no ${aggregate.kind} of ${metric.name}`, hint }
}

/** True for a metric of the processes that `monitor:` names, such as `machine.process_cpu`. */
export const isOfProcess = ({ name }: Pick<MetricDefinition, 'name'>): boolean => name.startsWith('machine.process_')

function askedOf(metric: MetricDefinition): RunMetricNeeds | undefined {
  const source = metric.name === 'judge_passed' ? 'judge' : 'source' in metric ? metric.source : ''
  return ASKED[isOfProcess(metric) ? 'process' : source]
}

/**
 * Returns the first problem of a threshold on a metric that is computed only once, after the run, such as a judge's score. The list is empty when
 * there is none, and for other metrics.
 */
export function wholeRunProblems(threshold: Threshold, scenario: unknown): ThresholdProblem[] {
  const { metric, onMissing, severity, tagSpans, abort, windowMs } = threshold
  const asked = askedOf(metric)
  if (asked === undefined) return []
  const at = { offset: 0, length: metric.name.length }
  const tag = tagSpans.find(({ name }) => !asked.tags?.includes(name))
  if (tag !== undefined) {
    const message = `${asked.isOf(metric.name)}: ${tag.name} does not go with it`
    return [{ message, hint: 'leave it out', offset: tag.nameOffset, length: tag.name.length }]
  }
  if (abort || windowMs !== undefined) {
    const message = `${asked.known}: ${abort ? 'abort' : 'window'} does not go with ${metric.name}`
    return [{ message, hint: 'leave it out', ...at }]
  }
  const unasked = asked.askable?.(threshold)
  if (unasked !== undefined) return [{ ...unasked, ...at }]
  if (asked.isThere(scenario) || onMissing !== 'fail' || severity !== 'fail') return []
  const message = `${asked.nobody}: ${metric.name} has no samples, which counts as a failure`
  return [{ message, hint: asked.hint, ...at }]
}

/**
 * Returns a problem for an alert whose metric gets a value only at the end of the run, so that the alert could never fire. Empty for other alerts.
 */
export function alertOnWholeRun({ metric }: Pick<Threshold, 'metric'>): ThresholdProblem[] {
  const asked = askedOf(metric)
  if (asked === undefined) return []
  const message = `${asked.known}: no alert looks at ${metric.name}`
  return [{ message, hint: 'write a threshold on it', offset: 0, length: metric.name.length }]
}
