import { expect, test } from 'vitest'
import { dial } from '../../../src/connectors/wire/dial.ts'
import type { Failure } from '../../../src/exchange.ts'
import { tcpServer } from '../../servers/tcp.ts'

test.each([false, true])(
  'a relay that has no file for a connection is the matter of this machine; shared reads: %s',
  async (sharedReads) => {
    // What the system does with a connection that it cannot accept for want of files.
    const { port } = await tcpServer((socket) => socket.destroy())
    const cancelled: number[] = []
    const way = { acted: new Set<string>(), causeOf: () => undefined, since: () => '', cancel: () => void cancelled.push(1) }
    const relay = { host: '127.0.0.1', port, lead: () => way }
    const failure = await new Promise<Failure>((failed, reject) => {
      const connected = () => reject(new Error('connected'))
      dial({ host: '127.0.0.1', port: 9, dns: {}, sharedReads, relay }, { connected, failed })
    })
    expect(failure).toMatchObject({ class: 'local_files', phase: 'connect' })
    expect(failure.message).toContain('relay of injected faults')
    expect(cancelled).toEqual([1])
  },
)
