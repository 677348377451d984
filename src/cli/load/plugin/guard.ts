/** Guards burn against the code of a plugin: exceptions and values of a wrong type fail the attempt as `local_plugin`. */
import { basename } from 'node:path'
import { after } from '../../../clock.ts'
import type { Connection, ConnectionEvents, Connector } from '../../../connectors/wire/connector.ts'
import { FAILURE_PHASES, type FailurePhase, LocalError, TargetError } from '../../../errors.ts'
import type { Exchange } from '../../../exchange.ts'

/** How long a run waits for a plugin to close one connection, in ms. */
const CLOSE_LIMIT_MS = 5000

/**
 * Guards burn against exceptions in a plugin's code. It wraps the connectors (implementations of protocols) of the plugin: when one throws, the
 * attempt fails with the class `local_plugin`, which never counts against the target.
 */
export class PluginGuard {
  private readonly file: string

  constructor(file: string) {
    this.file = file
  }

  /** Returns the connector of the plugin with its functions guarded. */
  connector(connector: Connector): Connector {
    const making = <T>(make: () => T): T => {
      try {
        return make()
      } catch (error) {
        throw error instanceof TargetError ? error : this.thrownBy('send', error)
      }
    }
    const { kindsOf } = connector
    return {
      ...connector,
      // `kindsOf` is checked when the plugin reports the failure, because an exception while the attempt is counted would do harm.
      ...(kindsOf && { kindsOf: (failure) => attempt(() => kindsOf(failure)) ?? [] }),
      fromMessage: (body, address, options) => making(() => connector.fromMessage(body, address, options)),
      fromStep: (step, address, options) => making(() => connector.fromStep(step, address, options)),
      open: async (options, context) => {
        try {
          return this.connection(await connector.open(options, { ...context, events: this.events(context.events) }), kindsOf)
        } catch (error) {
          if (error instanceof TargetError) throw error
          context.events.openFailed('local_plugin')
          throw this.thrownBy('connect', error)
        }
      },
    }
  }

  /**
   * Returns the events of connections for a plugin, with their arguments checked. A wrong call ends the run, unless the plugin makes it inside
   * `open`.
   */
  private events(events: ConnectionEvents): ConnectionEvents {
    const wrongOf = (event: string, args: readonly unknown[]) => wrongCall(CONNECTION_EVENTS, 'events', event, args)
    return checkedCalls(events, wrongOf, (wrong) => {
      throw new LocalError(this.said(wrong))
    })
  }

  /**
   * Returns an exchange for a plugin, with the arguments of its events checked. A wrong call fails the attempt, and so does an exception in `kindsOf`
   * for a reported failure.
   */
  private exchange(exchange: Exchange, kindsOf: Connector['kindsOf']): Exchange {
    const wrongOf = (event: string, args: readonly unknown[]) => {
      const wrong = wrongCall(EXCHANGE_EVENTS, 'exchange', event, args)
      if (wrong !== undefined || event !== 'fail') return wrong
      const [failureClass, phase, message] = args as Parameters<Exchange['fail']>
      try {
        kindsOf?.({ class: failureClass, phase, message })
        return undefined
      } catch (error) {
        return messageOf(error)
      }
    }
    return checkedCalls(exchange, wrongOf, (wrong) => exchange.fail('local_plugin', 'stream', this.said(wrong)))
  }

  private connection(connection: Connection<unknown>, kindsOf: Connector['kindsOf']): Connection<unknown> {
    const missing = (['send', 'cancel', 'close'] as const).find((name) => typeof connection?.[name] !== 'function')
    if (missing !== undefined) throw new Error(`\`open\` gave no connection: \`${missing}\` has to be a function`)
    const shown = new WeakMap<Exchange, Exchange>()
    let broken = false
    const leave = async (act: () => unknown) => {
      try {
        await act()
      } catch {
        // The attempt is over already; a connection whose `cancel` or `close` throws is not used again.
        broken = true
      }
    }
    return {
      send: (request, exchange) => {
        const guarded = this.exchange(exchange, kindsOf)
        shown.set(exchange, guarded)
        const failed = (error: unknown) => exchange.fail('local_plugin', 'send', this.said(error))
        try {
          // A `send` written as an async function rejects instead of throwing.
          Promise.resolve<unknown>(connection.send(request, guarded)).catch(failed)
        } catch (error) {
          failed(error)
        }
      },
      cancel: (exchange) => void leave(() => connection.cancel(shown.get(exchange) ?? exchange)),
      close: () => leave(() => within(CLOSE_LIMIT_MS, connection.close())),
      get gone() {
        return broken || attempt(() => connection.gone !== true) !== true
      },
    }
  }

  private thrownBy(phase: FailurePhase, error: unknown): TargetError {
    return new TargetError('local_plugin', phase, this.said(error), { cause: error })
  }

  private said(error: unknown): string {
    // The message of a LocalError names the plugin already.
    if (error instanceof LocalError) return error.message
    return `the plugin ${basename(this.file)}: ${messageOf(error)}`
  }
}

/** Waits for `closing`, at most `limitMs` ms, so that a plugin that never finishes closing cannot keep the run from ending. */
function within(limitMs: number, closing: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = after(limitMs, resolve)
    Promise.resolve(closing)
      .then(() => resolve(), reject)
      .finally(stop)
  })
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

const isCount = (value: unknown) => typeof value === 'number' && value >= 0
const isText = (value: unknown) => typeof value === 'string'

/** For each event that a plugin reports: for every argument a check, and a description of what is expected. */
type EventChecks = Readonly<Record<string, readonly (readonly [fits: (value: unknown) => boolean, what: string])[]>>

const EXCHANGE_EVENTS: EventChecks = {
  connected: [[isTimes, 'the times of a connection']],
  sent: [[isCount, 'a number of bytes']],
  head: [
    [isCount, 'a status'],
    [(value) => typeof value === 'object' && value !== null && Object.values(value).every(isText), 'headers, each a text'],
  ],
  data: [[(value) => value instanceof Uint8Array, 'bytes (a Buffer)']],
  fail: [
    [isText, 'the class of a failure'],
    [(value) => FAILURE_PHASES.some((phase) => phase === value), `a phase (${FAILURE_PHASES.join(', ')})`],
    [isText, 'a message'],
  ],
}

const CONNECTION_EVENTS: EventChecks = {
  opened: [[isTimes, 'the times of a connection']],
  openFailed: [[isText, 'the class of a failure']],
  lost: [
    [isText, 'the class of a failure'],
    [isCount, 'a number of attempts'],
  ],
  reconnected: [[isCount, 'a time in ms']],
}

function isTimes(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((ms) => ms === null || isCount(ms))
}

/**
 * Returns what is wrong with the arguments of an event, such as "called exchange.sent without a number of bytes"; undefined when nothing is wrong.
 */
function wrongCall(checks: EventChecks, of: string, event: string, args: readonly unknown[]): string | undefined {
  const wrong = checks[event]?.find(([fits], at) => !fits(args[at]))
  return wrong && `called ${of}.${event} without ${wrong[1]}`
}

/**
 * Wraps an object for a plugin: a method of `real` is called only when `wrongOf` finds nothing wrong with its arguments; otherwise `refuse` is called
 * with what is wrong.
 */
function checkedCalls<T extends object>(
  real: T,
  wrongOf: (method: string, args: readonly unknown[]) => string | undefined,
  refuse: (wrong: string) => void,
): T {
  return new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const wrong = wrongOf(String(key), args)
        return wrong === undefined ? value.apply(target, args) : refuse(wrong)
      }
    },
  })
}

/** Returns the message of a thrown value; a value that is not an Error is converted to text. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
