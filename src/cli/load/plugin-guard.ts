/** Guards burn against the code of a plugin: exceptions and values of a wrong type fail the attempt as `local_plugin`. */
import { basename } from 'node:path'
import type { Connection, Connector } from '../../connectors/wire/connector.ts'
import { FAILURE_PHASES, type FailurePhase, TargetError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'

/** Makes connectors whose exceptions fail the attempt as `local_plugin`: they neither end the run nor count against the target. */
export class PluginGuard {
  private readonly file: string

  constructor(file: string) {
    this.file = file
  }

  /** Wraps the connector of the plugin. */
  connector(connector: Connector): Connector {
    const making = <T>(make: () => T): T => {
      try {
        return make()
      } catch (error) {
        throw error instanceof TargetError ? error : this.ownFault('send', error)
      }
    }
    const { kindsOf } = connector
    return {
      ...connector,
      // What it says of a failure is asked when the plugin tells of it: an attempt that is being counted is no place to throw.
      ...(kindsOf && { kindsOf: (failure) => attempt(() => kindsOf(failure)) ?? [] }),
      fromMessage: (body, address, options) => making(() => connector.fromMessage(body, address, options)),
      fromStep: (step, address, options) => making(() => connector.fromStep(step, address, options)),
      open: async (options, context) => {
        try {
          return this.connection(await connector.open(options, context), kindsOf)
        } catch (error) {
          if (error instanceof TargetError) throw error
          context.events.openFailed('local_plugin')
          throw this.ownFault('connect', error)
        }
      },
    }
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
        // The attempt has its outcome already; a connection whose `cancel` or `close` throws is not used again.
        broken = true
      }
    }
    return {
      send: (request, exchange) => {
        const guarded = guardedExchange(exchange, this.file, kindsOf)
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
      close: () => leave(() => connection.close()),
      get gone() {
        return broken || attempt(() => connection.gone !== true) !== true
      },
    }
  }

  private ownFault(phase: FailurePhase, error: unknown): TargetError {
    return new TargetError('local_plugin', phase, this.said(error), { cause: error })
  }

  private said(error: unknown): string {
    return `the plugin ${basename(this.file)}: ${messageOf(error)}`
  }
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

/** For each event of an exchange, a check of every argument and a description of what is expected. */
const EVENTS: Readonly<Record<string, readonly (readonly [fits: (value: unknown) => boolean, what: string])[]>> = {
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

function isTimes(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((ms) => ms === null || isCount(ms))
}

/** The exchange that a plugin gets: calling an event with wrong arguments fails it with a message that names them. */
function guardedExchange(exchange: Exchange, file: string, kindsOf: Connector['kindsOf']): Exchange {
  return new Proxy(exchange, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const wrong = EVENTS[String(key)]?.find(([fits], at) => !fits(args[at]))
        if (wrong === undefined && key === 'fail') {
          try {
            const [failureClass, phase, message] = args as Parameters<Exchange['fail']>
            kindsOf?.({ class: failureClass, phase, message })
          } catch (error) {
            return target.fail('local_plugin', 'stream', `the plugin ${basename(file)}: ${messageOf(error)}`)
          }
        }
        if (wrong === undefined) return value.apply(target, args)
        const what = `the plugin ${basename(file)} called exchange.${String(key)} without ${wrong[1]}`
        return target.fail('local_plugin', 'stream', what)
      }
    },
  })
}

/** The message of a thrown value, which need not be an Error. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
