/** What the tests of the gRPC connector share: one line to a server, and calls over it. */

import type { GrpcStep } from '../../src/connectors/grpc/options/options.ts'
import { type GrpcRequest, grpc } from '../../src/connectors/grpc.ts'
import type { Connection, TargetAddress } from '../../src/connectors/wire/connector.ts'
import type { Exchange } from '../../src/exchange.ts'
import { addressOf, eventLog, openContext, type Trial, trial } from './contract.ts'

export interface GrpcLine {
  readonly connection: Connection<GrpcRequest>
  readonly log: string[]
  /** Of each loss, the calls that went with it. */
  readonly lostInFlight: number[]
  /** Starts a call and gives what is heard of it. */
  begin(step: GrpcStep): Trial
  /** A whole call. */
  call(step: GrpcStep): Promise<Exchange & { replies: Record<string, unknown>[] }>
}

const opened: Connection<GrpcRequest>[] = []

/** Opens a line; `closeLines` ends it. */
export async function grpcLine(
  url: string,
  options: Record<string, unknown> = {},
  rest: Partial<TargetAddress> = {},
): Promise<GrpcLine> {
  const address = addressOf(url, rest)
  const settings = grpc.options.parse(options)
  const { events, log, lostInFlight } = eventLog()
  const connection = await grpc.open(
    settings,
    openContext(address, { events: { ...events, goaway: () => void log.push('goaway') } }),
  )
  opened.push(connection)
  const begin = (step: GrpcStep) => {
    const started = trial()
    connection.send(grpc.fromStep(step, address, settings), started.exchange)
    return started
  }
  return {
    connection,
    log,
    lostInFlight,
    begin,
    async call(step) {
      const started = begin(step)
      const replies = repliesOf(started)
      return Object.assign(await started.settled, { replies })
    },
  }
}

/** Replies as objects, filled while they come. */
export function repliesOf(started: Trial): Record<string, unknown>[] {
  const replies: Record<string, unknown>[] = []
  const data = started.exchange.data.bind(started.exchange)
  Object.assign(started.exchange, {
    data(...[bytes, at, wireBytes]: Parameters<typeof data>) {
      replies.push(JSON.parse(Buffer.from(bytes).toString('utf8')))
      data(bytes, at, wireBytes)
    },
  })
  return replies
}

/** Closes all lines of a test. */
export async function closeLines(): Promise<void> {
  await Promise.all(opened.splice(0).map((connection) => connection.close()))
}
