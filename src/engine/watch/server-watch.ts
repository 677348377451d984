/** Reads the metrics of observed servers while the load goes on. */
import { metricsAddress } from '../../observe/address.ts'
import { EndpointWatch } from '../../observe/endpoint.ts'
import type { ServerEndpoint } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { sideAccess } from './side-access.ts'

/** The metrics endpoints of servers that one run observes (`observe` in a scenario). */
export class ServerWatch {
  private readonly endpoints: readonly EndpointWatch[]
  /** Names of targets whose metrics were asked for, but nobody knows where they are. */
  readonly nowhere: readonly string[]

  /** Makes the watch of a plan; undefined when it observes nothing. `origins`: addresses of embedded mocks, by target. */
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
      // What is trusted of a target is trusted of its metrics.
      (url === 'auto' ? ofTargets : [{ url, tls: undefined }]).flatMap(({ url: one, tls }) =>
        one === undefined ? [] : [{ url: one, everyMs, names, access: sideAccess(one, { ...access, tls: own ?? tls }, baseDir) }],
      ),
    )
    // One that is written out wins over the same one of auto.
    const distinct = new Map([...asked].reverse().map((one) => [one.url, one]))
    this.endpoints = [...distinct.values()].reverse().map((one) => new EndpointWatch(one))
    const asksAuto = observe.some(({ url }) => url === 'auto')
    this.nowhere = asksAuto ? ofTargets.flatMap(({ name, url }) => (url === undefined ? [name] : [])) : []
  }

  /** Asks for the first time; resolves when all have answered or failed. */
  async begin(): Promise<void> {
    await Promise.all(this.endpoints.map((one) => one.begin()))
  }

  /** Goes on asking; times count from `startedAt` (monotonic, in ms). */
  start(startedAt: number): void {
    for (const one of this.endpoints) one.start(startedAt)
  }

  /** Asks for the last time. */
  async finish(): Promise<void> {
    await Promise.all(this.endpoints.map((one) => one.finish()))
  }

  async close(): Promise<void> {
    await Promise.all(this.endpoints.map((one) => one.close()))
  }

  /**
   * Returns one figure of each endpoint that tells it, by its name in the result; undefined for an endpoint that did not answer often
   * enough to be judged. Those of another kind of server, which have no such figure, are left out.
   */
  figures(name: string, isSum: boolean): ReturnType<EndpointWatch['figure']>[] {
    return this.endpoints.flatMap((one) => (one.isKnown(isSum) ? (one.figure(name) ?? []) : [undefined]))
  }

  /** Returns what each endpoint told last. */
  latest(): EndpointWatch['latest'][] {
    return this.endpoints.map((one) => one.latest)
  }

  /** Returns what each endpoint has told until now. */
  read(): ServerEndpoint[] {
    return this.endpoints.map((one) => one.read())
  }
}
