/** Attempts that come after an injected failure of the same iteration: whose failures they are, against a target that counts for itself. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { sideOf } from '../../../../src/compare/compared-run.ts'
import { COMPARED } from '../../../../src/compare/metrics.ts'
import { type RunInput, runScenario } from '../../../support/run.ts'

/**
 * Keeps what is put (`/x/1`) and answers 404 to what was never put. `/list` always answers 200 with `{"n": …}`, how many are kept;
 * `/broken` 503, `/wrong` `{}`, and `/gone` breaks the connection off.
 */
async function store(): Promise<{ url: string; missed: () => number }> {
  const kept = new Set<string>()
  let missed = 0
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    request.resume().on('end', () => {
      if (path.endsWith('/gone')) request.socket.destroy()
      else if (request.method === 'PUT') {
        kept.add(path)
        response.writeHead(201).end('{}')
      } else if (path.startsWith('/x/') && !kept.has(path)) {
        missed += 1
        response.writeHead(404).end('{}')
      } else response.writeHead(path === '/broken' ? 503 : 200).end(path === '/wrong' ? '{}' : `{"n":${kept.size}}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, missed: () => missed }
}

const ITERATIONS = 100
const PUT = { name: 'put', request: { method: 'PUT', path: '/x/{{iteration.index}}', json: {} } }
const GET = { name: 'get', request: { path: '/x/{{iteration.index}}' } }
const HALF = [{ status: 500, probability: '50%', steps: ['put'] }]

async function run(url: string, steps: readonly object[], more: object = {}) {
  const load = [{ iterations: ITERATIONS, users: 4 }]
  return runScenario(
    { name: 'after', seed: 'after', target: { url }, load, steps, faults: HALF, ...more } as unknown as RunInput,
    {
      allowLag: true,
    },
  )
}

test('what a lost message would have set up is missing by the fault, and is counted apart', async () => {
  const { url, missed } = await store()
  const thresholds = ['errors ratio < 1%', 'injected_failures{fault=earlier} ratio > 99%']
  const { result } = await run(url, [PUT, GET], { thresholds })
  const lost = result.faults?.kinds[0]?.injected ?? 0
  expect(lost).toBeGreaterThan(20)
  expect(missed()).toBe(lost)
  expect(result.errors.map(({ class: name, step, count }) => [name, step, count])).toEqual([
    ['injected_status', 'put', lost],
    ['injected_earlier', 'get', lost],
  ])
  expect(result.total.counters).toMatchObject({ injectedFailed: 2 * lost, failedAfterFault: lost })
  expect(result.tags['fault=earlier']?.counts).toMatchObject({ planned: lost, failed: lost, ok: 0 })
  expect(result.notes).toContainEqual(expect.stringContaining(`${lost} attempts failed after an injected failure`))
  expect(result.errorRate).toBe(0)
  expect(result.iterations).toMatchObject({ completed: ITERATIONS - lost, failed: lost, injected: lost })
  expect(result.verdict).toBe('passed')
})

test.each([
  ['an error of its own', { request: { path: '/broken' } }],
  ['a connection that it breaks off', { request: { path: '/gone' } }],
])('%s is the failure of the target, whatever came before', async (_what, step) => {
  const { url } = await store()
  const { result } = await run(url, [PUT, step])
  const own = result.errors.filter(({ class: name }) => !name.startsWith('injected_'))
  expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(ITERATIONS)
  expect(result.verdict).toBe('failed')
})

test('once the target has failed by itself, what follows is its own as well', async () => {
  const { url } = await store()
  const { result } = await run(url, [PUT, { name: 'own', request: { path: '/broken' } }, GET])
  const lost = result.faults?.kinds[0]?.injected ?? 0
  const missed = result.errors.filter(({ step }) => step === 'get')
  expect(missed.map(({ class: name, count }) => [name, count])).toEqual([['http_status', lost]])
})

test('a check that the target never meets is seen in the iterations without a fault, undiluted by what went well after one', async () => {
  const { url } = await store()
  // Every tenth iteration asks for what is wrong, be it hit or not.
  const ask = {
    name: 'ask',
    request: { path: '{{#if (eq (mod iteration.index 10) 3)}}/wrong{{else}}/list{{/if}}' },
    expect: [{ json: { path: '$.n' }, name: 'kept' }],
  }
  const thresholds = ['checks{check=kept} > 1%', 'checks{step=ask} > 1%']
  const { result } = await run(url, [PUT, ask], { load: [{ iterations: 400, users: 4 }], thresholds })
  const { failedAfterFault = 0, okAfterFault = 0, ok = 0 } = result.total.counters
  const own = result.errors.find(({ class: name }) => name === 'check_failed')?.count ?? 0
  expect(failedAfterFault + own).toBe(40)
  expect(failedAfterFault).toBeGreaterThan(5)
  expect(okAfterFault).toBe(result.tags['fault=earlier']?.counts.ok)
  expect(result.errorRate).toBeCloseTo(own / (own + ok - okAfterFault))
  // The share of the one check, and what a comparison takes, are of the same attempts.
  const held = (result.steps[1]?.counts.ok ?? 0) - okAfterFault
  for (const { observed } of result.thresholds.slice(0, 2)) expect(observed).toBeCloseTo(held / (held + own))
  const { blocks } = sideOf('side', result)
  const shares = COMPARED.flatMap((metric) =>
    metric.kind === 'share' ? blocks.map(({ counts }) => metric.part(counts) / metric.whole(counts)) : [],
  )
  expect(shares).toEqual([expect.closeTo(result.errorRate ?? Number.NaN), expect.closeTo(held / (held + own))])
})

test('a check that is only counted and fails after an injected failure is held against nobody', async () => {
  const { url } = await store()
  const counted = [{ json: { path: '$.n' }, countOnly: true, name: 'counted' }]
  const ask = { name: 'ask', request: { path: '{{#if lost}}/wrong{{else}}/list{{/if}}' }, expect: counted }
  const lose = { set: { lost: '{{#if (eq reply.status 500)}}yes{{/if}}' } }
  const { result } = await run(url, [PUT, lose, ask], { thresholds: ['checks{check=counted} == 100%'], vars: { lost: '' } })
  expect(result.steps[1]?.checks[0]?.failed).toBeGreaterThan(20)
  expect(result.thresholds[0]).toMatchObject({ state: 'passed', observed: 1 })
})

test('when no attempt of a step is without an injected failure before it, its failures leave the run without a verdict of good', async () => {
  const { url } = await store()
  const faults = [{ status: 500, probability: '100%', steps: ['put'] }]
  const other = { name: 'other', request: { path: '/list' } }
  const { result } = await run(url, [other, PUT, GET], { faults })
  expect(result.verdict).toBe('failed')
  expect(result.thresholds.map(({ reason }) => reason)).toContain(
    'step get: none of its 100 attempts shows that the step works: 100 came after an injected failure, and some of these failed',
  )
})

test('a retry that is ok makes up for the injected failure before it', async () => {
  const { url } = await store()
  const onError = { default: 'retry', retry: { max: 20, delay: '0ms' } }
  const wrong = { name: 'ask', request: { path: '/wrong' }, expect: [{ json: { path: '$.n' } }], onError: { default: 'skip' } }
  const { result } = await run(url, [PUT, GET, wrong], { onError })
  expect(result.retries?.attempts).toBeGreaterThan(20)
  const other = result.errors.filter(({ class: name }) => name !== 'injected_status')
  expect(other.map(({ class: name, count }) => [name, count])).toEqual([['check_failed', ITERATIONS]])
})

test('a changed message that the target took for good explains what follows', async () => {
  const { url } = await store()
  const send = { name: 'send', request: { method: 'PUT', path: '/x/1', json: { a: 1 } } }
  const ask = { name: 'ask', request: { path: '/wrong' }, expect: [{ json: { path: '$.n' } }] }
  const faults = [{ drift: 'remove', path: '$.a', probability: '30%' }]
  const { result } = await run(url, [send, ask], { faults })
  const taken = result.faults?.kinds[0]?.ok
  expect(taken).toBeGreaterThan(10)
  expect(result.total.counters.failedAfterFault).toBe(taken)
})
