/** What every connector keeps, kept by gRPC. */
import { grpc } from '../../src/connectors/grpc.ts'
import { ECHO, echoServer } from '../servers/grpc-echo.ts'
import { addressOf, connectorContract } from './contract.ts'

/** A reply as it is printed: every field of the message, in the order of the proto. */
const frame = (text: string, index: number) =>
  JSON.stringify({ text, payload: '', number: '0', mood: 'MOOD_UNSPECIFIED', labels: {}, index })

for (const channel of ['user', 'shared'] as const) {
  connectorContract(`grpc (${channel} channel)`, async () => {
    const server = await echoServer()
    return {
      connector: grpc,
      options: grpc.options.parse({ service: ECHO, method: 'EchoStream', channel }),
      address: addressOf(server.url),
      message: { frames: { text: 'say', repeat: 3 }, hang: { text: '!hang' }, vanish: { text: '!vanish' } },
      frames: [0, 1, 2].map((index) => frame('say', index)),
      vanishClasses: ['grpc_UNAVAILABLE'],
      requests: () => server.calls.length,
      openSockets: () => server.openSockets(),
      stop: () => server.stop(),
      hangs: 'grpc:',
      forget() {
        server.calls.length = 0
      },
    }
  })
}
