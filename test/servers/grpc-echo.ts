/** The echo service of protos/echo.proto; texts that begin with `!` make it misbehave. */
import type * as grpc from '@grpc/grpc-js'
import { type GrpcTestServer, grpcServer, serviceOf } from './grpc-server.ts'

export const ECHO = 'burn.echo.v1.EchoService'

export interface EchoMessage {
  text: string
  repeat: number
  index?: number
}

type Unary = grpc.ServerUnaryCall<EchoMessage, EchoMessage>
type Reply = grpc.sendUnaryData<EchoMessage>

/** `!5` ends with status 5, `!hang` never ends, `!vanish` drops the connection after one reply. */
export function echoHandlers(server: () => GrpcTestServer): grpc.UntypedServiceImplementation {
  const status = (text: string) => (/^!\d+$/.test(text) ? Number(text.slice(1)) : undefined)
  const refuse = (code: number) => ({ code, details: `asked for ${code}` })
  const vanish = () => setTimeout(() => server().sockets()[0]?.destroy(), 20)
  return {
    Echo(call: Unary, reply: Reply) {
      const { text } = call.request
      const code = status(text)
      if (code !== undefined) reply(refuse(code), null)
      else if (text === '!vanish') vanish()
      else if (text !== '!hang') reply(null, { ...call.request, index: 0 })
    },
    EchoStream(call: grpc.ServerWritableStream<EchoMessage, EchoMessage>) {
      const { text, repeat } = call.request
      const code = status(text)
      if (text === '!hang') return
      for (let index = 0; index < (text === '!vanish' ? 1 : Math.max(1, repeat)); index += 1)
        call.write({ ...call.request, text: text === '!vanish' ? 'say' : text, index })
      if (text === '!vanish') vanish()
      else if (text !== '!endless') {
        if (code === undefined) call.end()
        else setImmediate(() => call.emit('error', refuse(code)))
      }
    },
    EchoCollect(call: grpc.ServerReadableStream<EchoMessage, EchoMessage>, reply: Reply) {
      const texts: string[] = []
      call.on('data', ({ text }: EchoMessage) => texts.push(text))
      call.on('end', () => reply(null, { text: texts.join(' '), repeat: 0, index: texts.length }))
    },
    EchoAll(call: grpc.ServerDuplexStream<EchoMessage, EchoMessage>) {
      let index = 0
      call.on('data', (message: EchoMessage) => {
        call.write({ ...message, index })
        index += 1
      })
      call.on('end', () => call.end())
    },
  }
}

/** Starts the echo service. */
export async function echoServer(credentials?: grpc.ServerCredentials): Promise<GrpcTestServer> {
  let server: GrpcTestServer | undefined
  const running = () => {
    if (!server) throw new Error('not started yet')
    return server
  }
  server = await grpcServer([[serviceOf('echo.proto', ECHO), echoHandlers(running)]], credentials)
  return server
}
