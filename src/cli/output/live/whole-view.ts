/** Merges the live figures of the processes of a run into one view. */
import { readBlockCounts } from '../../../metrics/groups/blocks.ts'
import { besideEachOther } from '../../../metrics/groups/timeline.ts'
import type { LiveView } from '../../../report/live/view.ts'
import type { TimelineRow } from '../../../result/schema.ts'

const sum = (views: readonly LiveView[], of: (view: LiveView) => number | undefined) =>
  views.reduce((total, view) => total + (of(view) ?? 0), 0)

/**
 * Merges the live views of all processes of a run with `--workers` into one view. Counts and rates are added; of each percentile, the largest is
 * shown. What is the same in all processes, such as the name of the phase, comes from the view of this one (`own`).
 */
export function wholeView(own: LiveView, others: readonly LiveView[]): LiveView {
  if (others.length === 0) return own
  const all = [own, ...others]
  const [ok, failed] = [sum(all, (view) => view.ok), sum(all, (view) => view.failed)]
  const errors = errorsOf(all)
  return {
    ...own,
    ok,
    failed,
    dropped: sum(all, (view) => view.dropped),
    cut: sum(all, (view) => view.cut),
    users: sum(all, (view) => view.users),
    inFlight: sum(all, (view) => view.inFlight),
    waiting: sum(all, (view) => view.waiting),
    plannedRate: own.plannedRate === null ? null : sum(all, (view) => view.plannedRate ?? 0),
    achievedRate: sum(all, (view) => view.achievedRate),
    errorRate: ok + failed === 0 ? null : failed / (ok + failed),
    total: progressOf(all, (view) => view.total),
    phase: { ...own.phase, progress: progressOf(all, (view) => view.phase.progress) },
    latencies: own.latencies.map((latency) => largest(latency.name, all)),
    tokens: own.tokens && {
      perSecond: sum(all, (view) => view.tokens?.perSecond),
      total: sum(all, (view) => view.tokens?.total),
    },
    connections: own.connections && {
      open: sum(all, (view) => view.connections?.open),
      inPerSecond: sum(all, (view) => view.connections?.inPerSecond),
      outPerSecond: sum(all, (view) => view.connections?.outPerSecond),
    },
    cost: own.cost && {
      ...own.cost,
      spent: sum(all, (view) => view.cost?.spent),
      perSecond: sum(all, (view) => view.cost?.perSecond),
    },
    errors,
    topError: errors[0] ?? null,
    warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
    history: own.history.map((row) => rowOf(row, others)),
  }
}

function progressOf(views: readonly LiveView[], of: (view: LiveView) => LiveView['total']): LiveView['total'] {
  const all = views.map(of)
  const [own] = all
  if (own?.kind !== 'iterations') return own ?? { kind: 'time', elapsedMs: 0, lengthMs: 0 }
  const part = (key: 'done' | 'total') => all.reduce((total, one) => total + (one.kind === 'iterations' ? one[key] : 0), 0)
  return { ...own, done: part('done'), total: part('total') }
}

function largest(name: string, views: readonly LiveView[]): LiveView['latencies'][number] {
  const found = views.flatMap(({ latencies }) => latencies.filter((one) => one.name === name))
  const most = (of: (one: LiveView['latencies'][number]) => number | null) => {
    const known = found.map(of).filter((value) => value !== null)
    return known.length === 0 ? null : Math.max(...known)
  }
  return { name, p50: most(({ p50 }) => p50), p95: most(({ p95 }) => p95) }
}

function errorsOf(views: readonly LiveView[]): LiveView['errors'] {
  const byClass = Map.groupBy(
    views.flatMap(({ errors }) => errors),
    (error) => error.class,
  )
  const all = Array.from(byClass.values(), ([first, ...rest]) => ({
    class: first?.class ?? '',
    message: first?.message ?? '',
    count: rest.reduce((total, { count }) => total + count, first?.count ?? 0),
  }))
  return all.sort((a, b) => b.count - a.count)
}

const secondOf = ({ atMs, lengthMs }: TimelineRow) => Math.floor((atMs + lengthMs / 2) / 1000)

/** Merges a timeline row of this process with the rows of the same second of all other processes. */
function rowOf(own: TimelineRow, others: readonly LiveView[]): TimelineRow {
  const beside = others.flatMap(({ history }) => history.filter((row) => secondOf(row) === secondOf(own)))
  const rows = [own, ...beside].map((row) => [{ row, stretch: { ...row, counts: readBlockCounts({}), latencies: {} } }])
  return { ...besideEachOther(rows, own.phase).row, latencies: own.latencies }
}
