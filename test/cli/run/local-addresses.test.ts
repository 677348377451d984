/** `localAddresses` as a run sees them: a server sees its clients there, and what this machine does not have is said before the load. */
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { listenOnOwnPort } from '../../support/own-port.ts'
import { chat, Home, OUT } from '../harness.ts'

const linuxTest = test.runIf(process.platform === 'linux')

/** A server that keeps from where each connection came. */
async function watchful() {
  const from: (string | undefined)[] = []
  const server = createServer((_, reply) => reply.end('{"text":"hi"}')).on('connection', ({ remoteAddress }) =>
    from.push(remoteAddress),
  )
  const port = await listenOnOwnPort(server)
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${port}/`, from }
}

linuxTest('connections of a run come from the listed addresses in turn, the preflight among them', async () => {
  const { url, from } = await watchful()
  const home = new Home()
  const load = { load: [{ users: 6, iterations: 6 }], steps: [{ request: { method: 'GET' } }] }
  const file = home.write('s.json', chat(url, load, { preset: undefined, localAddresses: ['127.4.0.0/30'] }))
  expect((await home.call(['run', file, ...OUT])).code).toBe(0)
  expect(from.toSorted()).toEqual([...Array(4).fill('127.4.0.1'), ...Array(3).fill('127.4.0.2')])
})

linuxTest('an address that this machine does not have ends the run before the load', async () => {
  const { url, from } = await watchful()
  const home = new Home()
  const file = home.write('s.json', chat(url, {}, { localAddresses: ['127.4.0.1', '203.0.113.1-203.0.113.3'] }))
  const { code, stderr } = await home.call(['run', file, ...OUT])
  expect(code).toBe(3)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'localAddresses lists 203.0.113.1 and 2 more, which this machine does not have',
  )
  expect(from).toEqual([])
})

linuxTest('more lasting connections than there can be are refused before the load, with what to do', async () => {
  const { url, from } = await watchful()
  const home = new Home()
  const load = { load: [{ users: 1_000_000, for: '1s' }], steps: [{ request: { text: 'hi' } }] }
  const file = home.write('s.json', chat(url.replace('http', 'ws'), load, { preset: undefined, localAddresses: ['127.4.0.1'] }))
  const { code, stderr } = await home.call(['run', file, ...OUT])
  const said = stderr.replaceAll(/\s+/g, ' ')
  expect(code).toBe(3)
  expect(said).toMatch(/up to 1000000 (sockets, but only \d+ open files are allowed|connections to 127.0.0.1:\d+, but only)/)
  expect(said).toMatch(/ulimit -n 1000064|in localAddresses/)
  expect(said).toContain('--no-preflight starts the load all the same')
  expect(from).toEqual([])
})

const STEP = { request: { text: 'hi' } }

linuxTest.each([
  ['users with a number of iterations', { iterationsPerUser: 1 }, [STEP]],
  ['requests under a condition', { for: '1s' }, [{ if: 'user.number < 3', then: [STEP] }]],
])('%s may have fewer connections at once, so that the load is tried', async (_, load, steps) => {
  const home = new Home()
  const phase = { users: 1_000_000, ...load }
  const target = { url: 'ws://127.0.0.1:1/', localAddresses: ['127.4.0.1'] }
  // The preflight behind it finds nobody who listens: the load does not begin.
  const file = home.write('s.json', chat(target.url, { load: [phase], steps }, { ...target, preset: undefined }))
  const { code, stderr } = await home.call(['run', file, ...OUT])
  expect(code).toBe(3)
  expect(stderr).toContain('cannot reach 127.0.0.1:1')
})
