import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { Relay } from '../../../src/faults/relay/relay.ts'
import type { WireFault } from '../../../src/faults/relay/wire-fault.ts'
import { createRandom } from '../../../src/random.ts'
import { listen } from '../../servers/http-faults.ts'
import { tcpServer } from '../../servers/tcp.ts'
import { type TestCertificates, testCertificates } from '../../servers/tls.ts'
import { deadPort } from '../../support/own-port.ts'
import { wireFault } from '../../support/wire-fault.ts'

let certificates: TestCertificates
beforeAll(() => {
  certificates = testCertificates()
})

/** A started relay before a port of 127.0.0.1, closed with the test. */
async function relayTo(port: number, ...faults: WireFault[]): Promise<Relay> {
  const relay = await Relay.listen({ host: '127.0.0.1', port: 0, to: { host: '127.0.0.1', port }, faults, seed: 7 })
  onTestFinished(() => relay.close())
  relay.start()
  return relay
}

function client(port: number, options: Partial<NetConnectOpts> = {}): Socket {
  const socket = connect({ host: '127.0.0.1', port, ...options })
  onTestFinished(() => void socket.destroy())
  return socket.on('error', () => {})
}

/** All bytes that a socket gives until it ends or breaks, and how it did. */
async function readAll(socket: Socket): Promise<{ bytes: Buffer; error: string | undefined }> {
  const pieces: Buffer[] = []
  let error: string | undefined
  socket.on('data', (piece) => pieces.push(piece)).on('error', (problem) => (error = (problem as NodeJS.ErrnoException).code))
  await new Promise((resolve) => socket.once('close', resolve))
  return { bytes: Buffer.concat(pieces), error }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('without faults both directions pass, each until its own end', async () => {
  const server = await tcpServer(
    (socket) => {
      readAll(socket)
      socket.once('end', () => socket.end('bye'))
    },
    { allowHalfOpen: true },
  )
  const relay = await relayTo(server.port)
  const socket = client(relay.port, { allowHalfOpen: true })
  socket.end('hello')
  expect(await readAll(socket)).toEqual({ bytes: Buffer.from('bye'), error: undefined })
  await vi.waitFor(() => expect(relay.counts()).toMatchObject({ connections: 1, open: 0, bytesUp: 5, bytesDown: 3 }))
})

test('10 MB through jitter and slices arrive byte by byte as they were, both ways', async () => {
  const bytes = Buffer.from(createRandom(1, 'bytes').bytes(10_000_000))
  const server = await tcpServer((socket) => socket.pipe(socket))
  const faults = [wireFault({ latency: '10ms', jitter: '10ms' }), wireFault({ slice: 20_011, gap: '0ms' })]
  const relay = await relayTo(server.port, ...faults)
  const socket = client(relay.port)
  const echoed = readAll(socket)
  socket.end(bytes)
  const back = await echoed
  expect(back.bytes.byteLength).toBe(bytes.byteLength)
  expect(sha256(back.bytes)).toBe(sha256(bytes))
  expect(relay.counts()).toMatchObject({ bytesUp: 10_000_000, bytesDown: 10_000_000, unreached: 0 })
  expect(relay.counts().faults).toEqual([
    { drawn: 1, acted: 1 },
    { drawn: 1, acted: 1 },
  ])
})

test.each(['up', 'down'] as const)('a reset after n bytes %s lets exactly n pass, and resets both sides', async (direction) => {
  let seen: ReturnType<typeof readAll> | undefined
  const server = await tcpServer((socket) => {
    seen = readAll(socket)
    if (direction === 'down') socket.write(Buffer.alloc(100_000))
  })
  const relay = await relayTo(server.port, wireFault({ resetAfter: '12345B' }, { direction }))
  const socket = client(relay.port)
  const read = readAll(socket)
  if (direction === 'up') socket.write(Buffer.alloc(100_000))
  const [there, here] = [await read, await vi.waitFor(() => seen ?? expect.fail('nobody came'))]
  expect((direction === 'up' ? here : there).bytes.byteLength).toBe(12_345)
  expect([there.error, here.error]).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(relay.counts().faults).toEqual([{ drawn: 1, acted: 1 }])
})

test('TLS passes untouched: the client sees the certificate of the target, and its bytes', async () => {
  const server = createTlsServer(certificates.good, (socket) => socket.end('secret'))
  const port = await listen(server)
  onTestFinished(() => void server.close())
  const relay = await relayTo(port, wireFault({ slice: 7, gap: '0ms' }), wireFault({ latency: '5ms', jitter: '5ms' }))
  const socket = connectTls({ host: '127.0.0.1', port: relay.port, ca: certificates.ca, servername: 'localhost' })
  const read = readAll(socket)
  await once(socket, 'secureConnect')
  expect(socket.authorized).toBe(true)
  expect((await read).bytes.toString()).toBe('secret')
})

test('a refused connection never reaches the target', async () => {
  const server = await tcpServer(() => {})
  const relay = await relayTo(server.port, wireFault({ refuse: true }))
  expect((await readAll(client(relay.port))).error).toBe('ECONNRESET')
  expect(server.accepted()).toBe(0)
  expect(relay.counts()).toMatchObject({ connections: 1, open: 0, unreached: 0, faults: [{ drawn: 1, acted: 1 }] })
})

test('a target that refuses is counted apart from faults', async () => {
  const server = await tcpServer(() => {})
  const { port } = server
  const gone = await relayTo(await deadPort())
  expect((await readAll(client(gone.port))).error).toBe('ECONNRESET')
  expect(gone.counts()).toMatchObject({ connections: 1, open: 0, unreached: 1 })
  expect(port).toBeGreaterThan(0)
})

test('a reset of the target becomes one of the client, and the other way round', async () => {
  const sockets: Socket[] = []
  const server = await tcpServer((socket) => void sockets.push(socket))
  const relay = await relayTo(server.port)
  const first = client(relay.port)
  const read = readAll(first)
  const target = await vi.waitFor(() => sockets[0] ?? expect.fail('nobody came'))
  target.resetAndDestroy()
  expect((await read).error).toBe('ECONNRESET')

  const second = client(relay.port)
  const other = await vi.waitFor(() => sockets[1] ?? expect.fail('nobody came'))
  const there = readAll(other)
  second.resetAndDestroy()
  expect((await there).error).toBe('ECONNRESET')
  await vi.waitFor(() => expect(relay.counts().open).toBe(0))
})

test('in a black hole the client does not learn that the target is gone, and nothing stays open when it goes itself', async () => {
  const server = await tcpServer((socket) => socket.resume().end('never seen'))
  const relay = await relayTo(server.port, wireFault({ blackHole: true }, { direction: 'down' }))
  const socket = client(relay.port)
  const read = readAll(socket)
  socket.write('a')
  await vi.waitFor(() => expect(relay.counts()).toMatchObject({ bytesUp: 1, faults: [{ acted: 1 }] }))
  expect(socket.destroyed).toBe(false)
  socket.end()
  expect((await read).bytes.byteLength).toBe(0)
  await vi.waitFor(() => expect(relay.counts().open).toBe(0))
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
})

test('a black hole upwards swallows what the client says, and closes when it goes', async () => {
  const server = await tcpServer((socket) => socket.on('data', () => expect.fail('a byte came through')))
  const relay = await relayTo(server.port, wireFault({ blackHole: true }, { direction: 'up' }))
  const socket = client(relay.port)
  const read = readAll(socket)
  socket.end('hello')
  await read
  await vi.waitFor(() => expect([server.accepted(), server.openSockets(), relay.counts().open]).toEqual([1, 0, 0]))
  expect(relay.counts().bytesUp).toBe(0)
})

test('a probability is drawn for each connection from the seed: the same ones each time', async () => {
  const server = await tcpServer((socket) => socket.end('x'))
  const outcomes = async () => {
    const relay = await relayTo(server.port, wireFault({ refuse: true }, { probability: 0.3 }))
    const seen: (string | undefined)[] = []
    for (let number = 0; number < 60; number += 1) seen.push((await readAll(client(relay.port))).error)
    const refused = seen.filter((error) => error !== undefined).length
    expect(relay.counts().faults).toEqual([{ drawn: refused, acted: refused }])
    return seen
  }
  const first = await outcomes()
  expect(first.filter((error) => error !== undefined).length).toBeGreaterThan(5)
  expect(first.filter((error) => error === undefined).length).toBeGreaterThan(25)
  expect(await outcomes()).toEqual(first)
})

test('no fault acts before the start', async () => {
  const server = await tcpServer((socket) => socket.end('x'))
  const to = { host: '127.0.0.1', port: server.port }
  const relay = await Relay.listen({ host: '127.0.0.1', port: 0, to, faults: [wireFault({ refuse: true })], seed: 7 })
  onTestFinished(() => relay.close())
  expect((await readAll(client(relay.port))).bytes.toString()).toBe('x')
  relay.start()
  expect((await readAll(client(relay.port))).error).toBe('ECONNRESET')
})

test('a slow receiver slows the sender: the relay does not hold what nobody takes', async () => {
  let written = 0
  const server = await tcpServer((socket) => {
    const piece = Buffer.alloc(1024 * 1024)
    const more = () => {
      do written += piece.byteLength
      while (socket.write(piece) && written < 2 ** 30)
    }
    socket.on('drain', more)
    more()
  })
  const relay = await relayTo(server.port)
  const socket = client(relay.port)
  socket.pause()
  let before = -1
  await vi.waitFor(
    () => {
      const same = before === written
      before = written
      expect(same).toBe(true)
    },
    { interval: 200, timeout: 20_000 },
  )
  expect(relay.counts().bytesDown).toBeLessThan(64 * 1024 * 1024)
})

test('a connection of this process is led by its port, and learns why its target is not reached', async () => {
  const server = await tcpServer((socket) => socket.end('x'))
  const relay = await Relay.listen({
    host: '127.0.0.1',
    port: 0,
    faults: [wireFault({ slice: 1, gap: '0ms' })],
    seed: 7,
  })
  onTestFinished(() => relay.close())
  relay.start()
  const led = async (port: number) => {
    const socket = client(relay.port)
    const read = readAll(socket)
    await once(socket, 'connect')
    const error = await new Promise<Error | undefined>((resolve) => {
      relay.lead(socket.localPort ?? 0, { host: '127.0.0.1', port }, resolve)
    })
    return { error, bytes: (await read).bytes.toString() }
  }
  expect(await led(server.port)).toEqual({ error: undefined, bytes: 'x' })
  expect(await led(await deadPort())).toMatchObject({ error: { code: 'ECONNREFUSED' }, bytes: '' })
  expect(relay.counts()).toMatchObject({ connections: 2, unreached: 1, bytesDown: 1 })
})

test('who speaks to the port of such a relay without being led is let go', async () => {
  const relay = await Relay.listen({ host: '127.0.0.1', port: 0, faults: [], seed: 7 })
  onTestFinished(() => relay.close())
  const stranger = client(relay.port)
  const read = readAll(stranger)
  stranger.write('hello')
  expect((await read).bytes.byteLength).toBe(0)
  expect(relay.counts().connections).toBe(0)
})
