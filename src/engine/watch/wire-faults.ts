/** Injects faults into connections: one relay for each target whose connections may have faults, with counts of the faults. */
import { injectedFailure, type WireRelay } from '../../connectors/wire/relay.ts'
import { isInjected, LocalError, type WireCauses } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { Relay } from '../../faults/relay/relay.ts'
import type { InjectedOnWire } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'

/** Address on which relays listen: only processes on this machine can reach it. */
const HOST = '127.0.0.1'

/** The TCP relays of one run that inject faults into connections, one relay for each target whose connections may get faults. */
export class WireFaults {
  private readonly relays: readonly (Relay | undefined)[]
  /** Number of measured attempts that failed because of each kind of fault. */
  private readonly failed = new Map<string, number>()

  private constructor(relays: readonly (Relay | undefined)[]) {
    this.relays = relays
  }

  /** Starts the relays that a plan needs; undefined when it injects no faults into connections. @throws LocalError when a relay cannot listen */
  static async open({
    targets,
    wireFaults,
    seed,
  }: Pick<Plan, 'targets' | 'wireFaults' | 'seed'>): Promise<WireFaults | undefined> {
    if (wireFaults === undefined) return undefined
    const opening = targets.map(async ({ name }) => {
      const faults = wireFaults.filter(({ target, probability }) => probability > 0 && (target ?? name) === name)
      if (faults.length === 0) return undefined
      return Relay.listen({ host: HOST, port: 0, faults, seed: `${seed} ${name}` })
    })
    try {
      return new WireFaults(await Promise.all(opening))
    } catch (cause) {
      for (const one of await Promise.allSettled(opening)) if (one.status === 'fulfilled') await one.value?.close()
      const { message } = cause as Error
      throw new LocalError(`cannot start the relay of injected faults: ${message}`, 'run with --no-faults to leave it out', {
        cause,
      })
    }
  }

  /** Returns the relay that leads the connections to a target; undefined when none of them has injected faults. */
  relay(target: number): WireRelay | undefined {
    return this.relays[target]
  }

  /** Lets the faults act from now on. Times in the scenario's faults count from this moment. */
  start(): void {
    for (const one of this.relays) one?.start()
  }

  /** Ends the action of all faults; connections stay open. */
  stop(): void {
    for (const one of this.relays) one?.stop()
  }

  /**
   * Gives a failed attempt the class of the fault on its connection that caused the failure. A reset, a refusal or a black hole explains every
   * failure that the target did not report itself; slow traffic explains a time-out while bytes are on their way. `opened` has the faults on the
   * connection that was being opened.
   */
  charge(exchange: Exchange, opened: WireCauses | undefined, counts: boolean): void {
    const { failure, wireFaults = opened } = exchange
    if (exchange.outcome !== 'failed' || !failure) return
    if (isInjected(failure)) this.count(failure.class.slice(failure.class.indexOf('_') + 1), counts)
    else if (wireFaults !== undefined && wireFaults.acted.size > 0 && !isOwnWord(exchange)) {
      const kind = wireFaults.causeOf(exchange.hasFailedBy('timeout'), exchange.sentAt)
      if (kind === undefined) return
      exchange.amendFailure(injectedFailure(failure, kind))
      this.count(kind, counts)
    }
  }

  private count(kind: string, counts: boolean): void {
    if (counts) this.failed.set(kind, (this.failed.get(kind) ?? 0) + 1)
  }

  /** Returns what the faults have done until now. */
  read(): InjectedOnWire {
    const all = this.relays.flatMap((one) => (one ? [one.counts()] : []))
    const sum = (of: (counts: ReturnType<Relay['counts']>) => number) => all.reduce((total, counts) => total + of(counts), 0)
    const kinds = new Map<string, { kind: string; drawn: number; acted: number; failed: number }>()
    for (const counts of all)
      for (const [kind, { drawn, acted }] of counts.kinds) {
        const known = kinds.get(kind) ?? { kind, drawn: 0, acted: 0, failed: this.failed.get(kind) ?? 0 }
        kinds.set(kind, { ...known, drawn: known.drawn + drawn, acted: known.acted + acted })
      }
    return {
      connections: sum(({ connections }) => connections),
      unreached: sum(({ unreached }) => unreached),
      bytesUp: sum(({ bytesUp }) => bytesUp),
      bytesDown: sum(({ bytesDown }) => bytesDown),
      kinds: [...kinds.values()],
    }
  }

  /** Closes the relays and all connections through them. */
  async close(): Promise<void> {
    await Promise.all(this.relays.map((one) => one?.close()))
  }
}

/** Returns true for a failure that the target reported itself, such as a status, so that no fault of the connection can have caused it. */
function isOwnWord(exchange: Exchange): boolean {
  const { failure } = exchange
  if (failure?.phase === 'check' || failure?.class.startsWith('local_')) return true
  return exchange.hasFailedBy('status') || exchange.hasFailedBy('auth') || exchange.hasFailedBy('rate_limit')
}
