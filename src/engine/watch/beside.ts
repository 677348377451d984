/** Requests that are made beside the load, on connections of their own: to servers, machines and health checks. */
import type { GaugeValues } from '../../observe/gauge.ts'
import type { GrownBuckets, GrownCounter } from '../../observe/grown.ts'
import { HealthWatch, type OutageFigures } from '../../observe/health/health-watch.ts'
import { ExporterMachine } from '../../observe/machine/exporter.ts'
import { LocalMachine } from '../../observe/machine/local.ts'
import { MachineWatch } from '../../observe/machine/machine-watch.ts'
import type { Result } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { placeMachines } from './machine-place.ts'
import { ServerWatch } from './server-watch.ts'
import { sideAccess } from './side-access.ts'

type WatchedPlan = Pick<Plan, 'observe' | 'monitor' | 'health' | 'targets' | 'baseDir'>

/**
 * What a run has measured for one metric of an observed server, a watched machine or a health check, so that thresholds on the metric can be
 * evaluated. The form depends on the metric: values of a gauge, growth of a counter or of histogram buckets, outages, or a fraction (`part` of
 * `whole`).
 */
export type SideFigure =
  | GaugeValues
  | GrownCounter
  | GrownBuckets
  | OutageFigures
  | { readonly part: number; readonly whole: number }

/**
 * Makes the requests of a run that are not part of its load: for the metrics of servers (`observe`) and machines (`monitor`), and health checks
 * (`health`).
 */
export class Beside {
  /** Watches the metrics of observed servers; undefined when the scenario observes none. */
  readonly server: ServerWatch | undefined
  readonly machines: readonly MachineWatch[]
  readonly health: readonly HealthWatch[]
  private readonly plan: WatchedPlan
  private readonly origins: ReadonlyMap<string, string>

  /** Prepares the requests beside the load of one run. `origins` are the addresses of embedded mock servers, by target name. */
  constructor(plan: WatchedPlan, origins: ReadonlyMap<string, string>) {
    this.plan = plan
    this.origins = origins
    this.server = ServerWatch.of(plan, origins)
    this.machines = plan.monitor.map(({ from, every, processes, ...access }) => {
      const source =
        from === undefined ? new LocalMachine(processes) : new ExporterMachine(from, sideAccess(from, access, plan.baseDir))
      return new MachineWatch(source, every)
    })
    this.health = plan.health.map((check) => new HealthWatch(check, sideAccess(check.url, check, plan.baseDir)))
  }

  private get all() {
    return [...(this.server ? [this.server] : []), ...this.machines, ...this.health]
  }

  /** Makes the health checks before the load. Resolves with the problems, one text for each failed check. */
  async checkHealth(): Promise<string[]> {
    await Promise.all(this.health.map((one) => one.begin()))
    return this.health.flatMap(({ name, latest }) => (latest === null ? [] : [`${name}: ${latest}`]))
  }

  /** Reads the metrics of servers and machines for the first time. Resolves when all have answered or failed. */
  async begin(): Promise<void> {
    await Promise.all([this.server?.begin(), ...this.machines.map((one) => one.begin())])
    await placeMachines(this.machines, this.plan.targets, this.origins)
  }

  /** Starts reading at regular intervals; times count from `startedAt` (monotonic ms). */
  start(startedAt: number): void {
    for (const one of this.all) one.start(startedAt)
  }

  /** Reads the metrics of servers and machines for the last time. */
  async finish(): Promise<void> {
    await Promise.all(this.all.map((one) => one.finish()))
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((one) => one.close()))
  }

  /**
   * Returns the values of a metric such as `machine.cpu`, one for each machine or server that was asked; undefined where there was no answer. `isSum`
   * is true for a counter, of which the growth during the load counts. `name` selects a health check or processes. Servers without the metric, and
   * the swap metric of machines without swap space, are left out.
   */
  figures(metric: string, isSum: boolean, name: string | undefined): (SideFigure | undefined)[] {
    const [, kind, figure = ''] = /^(server|machine|health)\.(.*)$/.exec(metric) ?? []
    if (kind === 'server') return this.server?.figures(figure, isSum) ?? []
    if (kind === 'health')
      return this.health.filter((one) => name === undefined || one.name === name).map((one) => one.figure(figure))
    if (figure.startsWith('process_')) return this.machines.flatMap((one) => one.processFigures(figure, name))
    return this.machines.flatMap((one): (SideFigure | undefined)[] => {
      if (!one.isKnown(isSum)) return [undefined]
      const found = one.figure(figure)
      return found === undefined && figure.startsWith('swap') ? [] : [found]
    })
  }

  /** Returns the fields of the result about servers, machines and health checks; none for those that the scenario does not ask. */
  read(): Pick<Result, 'server' | 'machine' | 'health'> {
    const { server, machines, health } = this
    return {
      ...(server ? { server: server.read() } : {}),
      ...(machines.length > 0 ? { machine: machines.map((one) => one.read()) } : {}),
      ...(health.length > 0 ? { health: health.map((one) => one.read()) } : {}),
    }
  }
}
