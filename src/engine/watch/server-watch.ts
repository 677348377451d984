/** Reads the metrics of observed servers while the load goes on. */
import { metricsAddress } from '../../observe/address.ts'
import { EndpointWatch } from '../../observe/endpoint.ts'
import type { ServerEndpoint } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { sideAccess } from './side-access.ts'

/** Reads the metrics of the servers that one run observes (`observe` in a scenario), while the load goes on. */
export class ServerWatch {
  private readonly endpoints: readonly EndpointWatch[]
  /** Names of targets whose server metrics were asked for, but for which no metrics address is known. */
  readonly nowhere: readonly string[]

  /**
   * Makes the object that watches the servers of a plan; undefined when it observes none. `origins` are the addresses of embedded mock servers, by
   * target.
   */
  static of(plan: Pick<Plan, 'observe' | 'targets' | 'baseDir'>, origins: ReadonlyMap<string, string>): ServerWatch | undefined {
    return plan.observe.length === 0 ? undefined : new ServerWatch(plan, origins)
  }

  private constructor(
    { observe, targets, baseDir }: Pick<Plan, 'observe' | 'targets' | 'baseDir'>,
    origins: ReadonlyMap<string, string>,
  ) {
    const ofTargets = targets.map(({ name, url, address: { tls } }) => ({
      name,
      tls,
      url: metricsAddress(origins.get(name) ?? url.source),
    }))
    const asked = observe.flatMap(({ url, every: everyMs, names, tls: own, ...access }) =>
      // The TLS settings of a target also apply to its metrics.
      (url === 'auto' ? ofTargets : [{ url, tls: undefined }]).flatMap(({ url: one, tls }) =>
        one === undefined ? [] : [{ url: one, everyMs, names, access: sideAccess(one, { ...access, tls: own ?? tls }, baseDir) }],
      ),
    )
    // An endpoint that the scenario writes out takes precedence over the same one found by `auto`.
    const distinct = new Map([...asked].reverse().map((one) => [one.url, one]))
    this.endpoints = [...distinct.values()].reverse().map((one) => new EndpointWatch(one))
    const asksAuto = observe.some(({ url }) => url === 'auto')
    this.nowhere = asksAuto ? ofTargets.flatMap(({ name, url }) => (url === undefined ? [name] : [])) : []
  }

  /** Reads the metrics of all servers for the first time. Resolves when all have answered or failed. */
  async begin(): Promise<void> {
    await Promise.all(this.endpoints.map((one) => one.begin()))
  }

  /** Starts reading at regular intervals; times count from `startedAt` (monotonic ms). */
  start(startedAt: number): void {
    for (const one of this.endpoints) one.start(startedAt)
  }

  /** Reads the metrics of all servers for the last time. */
  async finish(): Promise<void> {
    await Promise.all(this.endpoints.map((one) => one.finish()))
  }

  async close(): Promise<void> {
    await Promise.all(this.endpoints.map((one) => one.close()))
  }

  /**
   * Returns one metric of each endpoint, by its name in the result; undefined for an endpoint that did not answer often enough. Endpoints of another
   * kind of server, which do not have the metric, are left out.
   */
  figures(name: string, isSum: boolean): ReturnType<EndpointWatch['figure']>[] {
    return this.endpoints.flatMap((one) => (one.isKnown(isSum) ? (one.figure(name) ?? []) : [undefined]))
  }

  /** Returns the latest metrics of each endpoint. */
  latest(): EndpointWatch['latest'][] {
    return this.endpoints.map((one) => one.latest)
  }

  /** Returns the metrics of each endpoint from the start until now. */
  read(): ServerEndpoint[] {
    return this.endpoints.map((one) => one.read())
  }
}
