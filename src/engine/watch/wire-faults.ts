/** Injects faults on the wire: one relay for each target whose connections may have some, and its counts. */
import { injectedFailure, type WireRelay } from '../../connectors/wire/relay.ts'
import { isInjected, LocalError, type WireCauses } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { Relay } from '../../faults/relay/relay.ts'
import type { InjectedOnWire } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'

/** Only this process reaches its relays. */
const HOST = '127.0.0.1'

/** The relays of one run that inject faults on the wire, one for each target that may have some. */
export class WireFaults {
  private readonly relays: readonly (Relay | undefined)[]
  /** Measured attempts that failed by each kind. */
  private readonly failed = new Map<string, number>()

  private constructor(relays: readonly (Relay | undefined)[]) {
    this.relays = relays
  }

  /** Starts the relays that a plan needs; undefined when it injects nothing on the wire. @throws LocalError when one cannot listen */
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

  /** Returns the relay that leads the connections to a target; undefined when they have no faults. */
  relay(target: number): WireRelay | undefined {
    return this.relays[target]
  }

  /** Lets the faults act from now on; their windows count from here. */
  start(): void {
    for (const one of this.relays) one?.start()
  }

  /** Lets no fault act any more; connections stay as they are. */
  stop(): void {
    for (const one of this.relays) one?.stop()
  }

  /**
   * Puts the failure of an attempt down to the fault on its connection that is its cause: after a reset, a refusal or in a black hole of every failure that is
   * not the target's own word, in slow traffic of a time-out while bytes are on their way. `opened` are the faults on the connection that was being opened for it.
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

  /** Returns what came of the faults until now. */
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

  /** Closes the relays and what goes through them. */
  async close(): Promise<void> {
    await Promise.all(this.relays.map((one) => one?.close()))
  }
}

/** True for a failure that the target said itself, so that no fault of the connection can be its cause. */
function isOwnWord(exchange: Exchange): boolean {
  const { failure } = exchange
  if (failure?.phase === 'check' || failure?.class.startsWith('local_')) return true
  return exchange.hasFailedBy('status') || exchange.hasFailedBy('auth') || exchange.hasFailedBy('rate_limit')
}
