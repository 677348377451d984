import { grpc } from '../../src/connectors/grpc.ts'
import { ECHO, echoServer } from '../servers/grpc-echo.ts'
import { serviceOf } from '../servers/grpc-server.ts'
import { addressOf, connectorContract } from './contract.ts'

const { responseSerialize, responseDeserialize } = serviceOf('echo.proto', ECHO).EchoStream!

/** A reply as the reader gets it. */
const frame = (text: string, repeat: number, index: number) =>
  JSON.stringify(responseDeserialize(responseSerialize({ text, repeat, index })))

for (const channel of ['user', 'shared'] as const) {
  connectorContract(`grpc (${channel} channel)`, async () => {
    const server = await echoServer()
    return {
      connector: grpc,
      options: grpc.options.parse({ service: ECHO, method: 'EchoStream', channel }),
      address: addressOf(server.url),
      message: { frames: { text: 'say', repeat: 3 }, hang: { text: '!hang' }, vanish: { text: '!vanish' } },
      frames: [0, 1, 2].map((index) => frame('say', 3, index)),
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
