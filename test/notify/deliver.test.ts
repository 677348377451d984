import { lookup } from 'node:dns'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type DeliveryTry, deliver } from '../../src/notify/deliver.ts'
import { webhooksSchema } from '../../src/notify/schema.ts'
import { webhookReceiver } from '../servers/webhook-receiver.ts'

vi.mock('node:dns', async (original) => ({ ...(await original<object>()), lookup: vi.fn() }))

const MESSAGE = { id: 'msg_1', event: 'run.failed', body: '{"type":"run.failed"}' }

/** A webhook as a scenario has it, with short waits. */
function webhookOf(url: string, own: Readonly<Record<string, unknown>> = {}) {
  const [webhook] = webhooksSchema.parse([{ url, retry: { delay: '100ms', factor: 1, attempts: 3 }, ...own }])
  if (!webhook) throw new Error('the schema gives back what it takes')
  return webhook
}

async function delivered(webhook: ReturnType<typeof webhookOf>, signal = new AbortController().signal) {
  const tries: DeliveryTry[] = []
  const taken = await deliver(webhook, MESSAGE, { signal, onTry: (tried) => void tries.push(tried) })
  return { taken, tries, statuses: tries.map(({ status }) => status) }
}

test('a receiver that fails twice gets the message a third time, with the same id', async () => {
  const { url, received } = await webhookReceiver((_, nth) => ({ status: nth < 3 ? 503 : 200 }))
  expect(await delivered(webhookOf(url))).toMatchObject({ taken: true, statuses: [503, 503, 200] })
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1', 'msg_1'])
  expect(received[2]).toMatchObject({ body: MESSAGE.body, headers: { 'content-type': 'application/json' } })
})

test('tries have a bound, and the reason of the last one is kept short', async () => {
  const { url, received } = await webhookReceiver(() => ({ status: 500, body: 'x'.repeat(5000) }))
  const { taken, tries } = await delivered(webhookOf(url))
  expect([taken, received.length, tries.length]).toEqual([false, 3, 3])
  expect(tries[2]?.error).toHaveLength(200)
  expect(tries[2]?.error).toMatch(/^status 500: x+$/)
})

test.each([400, 401, 404, 410, 301, 308])('status %i is final', async (status) => {
  const { url, received } = await webhookReceiver(() => ({ status, headers: { location: '/elsewhere' } }))
  expect(await delivered(webhookOf(url))).toMatchObject({ taken: false, statuses: [status] })
  expect(received.map(({ path }) => path)).toEqual(['/'])
})

test.each([
  [
    'https://hooks.example.com/t0ken?key=t0ken',
    'status 307: a redirect to https://hooks.example.com, and redirects are not followed',
  ],
  ['/elsewhere', 'status 307: a redirect, and redirects are not followed'],
])('a redirect to %s says that it is one', async (location, error) => {
  const { url } = await webhookReceiver(() => ({ status: 307, headers: { location }, body: '{"ok":true}' }))
  expect((await delivered(webhookOf(url))).tries.map((tried) => tried.error)).toEqual([error])
})

test.each([408, 425, 429])('status %i is not', async (status) => {
  const { url } = await webhookReceiver((_, nth) => ({ status: nth === 1 ? status : 202 }))
  expect(await delivered(webhookOf(url))).toMatchObject({ taken: true, statuses: [status, 202] })
})

test('a receiver that never answers is given up after its time, and tried again', async () => {
  const { url } = await webhookReceiver((_, nth) => (nth === 1 ? 'never' : { status: 200 }))
  const { taken, tries } = await delivered(webhookOf(url, { retry: { delay: '100ms', timeout: '100ms' } }))
  expect([taken, tries[0]?.error, tries.length]).toEqual([true, 'no answer in time', 2])
})

test('a proxy whose address is no URL: every try says so', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('https_proxy', 'no proxy at all')
  const { taken, tries } = await delivered(webhookOf('http://127.0.0.1:1'))
  expect([taken, tries.map(({ error }) => error)]).toEqual([
    false,
    Array.from({ length: 3 }, () => expect.stringMatching(/URL/i)),
  ])
})

test('nobody there: every try says so', async () => {
  const { taken, tries } = await delivered(webhookOf('http://127.0.0.1:1'))
  expect([taken, tries.length]).toEqual([false, 3])
  expect(tries[0]?.error).toContain('ECONNREFUSED')
})

test('the signal ends a try and a wait', async () => {
  const { url, received } = await webhookReceiver(() => 'never')
  const controller = new AbortController()
  const running = delivered(webhookOf(url, { retry: { timeout: '60s' } }), controller.signal)
  await vi.waitFor(() => expect(received).toHaveLength(1))
  controller.abort()
  expect(await running).toMatchObject({ taken: false, tries: [{ error: 'given up: there was no time left' }] })
})

/** Makes every name mean these addresses. */
function named(...addresses: string[]) {
  const answer = (_name: string, _options: unknown, done: (...args: unknown[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  vi.mocked(lookup).mockImplementation(answer as unknown as typeof lookup)
}

test.each([['127.0.0.1'], ['93.184.215.14', '10.0.0.7'], ['fd00::1'], ['169.254.169.254']])(
  'a name that means the private address %s is refused at once',
  async (...addresses) => {
    const { port, received } = await webhookReceiver()
    named(...addresses)
    const { taken, tries } = await delivered(webhookOf(`http://hooks.example.com:${port}`))
    expect([taken, tries.length, received.length]).toEqual([false, 1, 0])
    expect(tries[0]?.error).toMatch(/^hooks\.example\.com means the private address .+: write private: true/)
  },
)

test.each([{ https_proxy: 'http://127.0.0.1:1' }, { http_proxy: 'http://127.0.0.1:1', no_proxy: 'hooks.example.com' }])(
  'so is one that goes past the proxy: %j',
  async (proxies) => {
    onTestFinished(() => void vi.unstubAllEnvs())
    for (const [name, value] of Object.entries(proxies)) vi.stubEnv(name, value)
    const { port, received } = await webhookReceiver()
    named('127.0.0.1')
    const { tries } = await delivered(webhookOf(`http://hooks.example.com:${port}`))
    expect([tries.map(({ error }) => error), received]).toEqual([[expect.stringContaining('private address 127.0.0.1')], []])
  },
)

test('a header of the scenario takes the place of one of ours, but not of those that are signed', async () => {
  const { url, received } = await webhookReceiver()
  await delivered(webhookOf(url, { headers: { 'User-Agent': 'mine', 'Webhook-Id': 'other', 'Content-Type': 'text/plain' } }))
  expect(received[0]?.headers).toMatchObject({ 'user-agent': 'mine', 'webhook-id': 'msg_1', 'content-type': 'application/json' })
})

test('private: true allows it', async () => {
  const { port, received } = await webhookReceiver()
  named('127.0.0.1')
  expect(await delivered(webhookOf(`http://hooks.example.com:${port}`, { private: true }))).toMatchObject({ taken: true })
  expect(received[0]?.headers.host).toBe(`hooks.example.com:${port}`)
})
