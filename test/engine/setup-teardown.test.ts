/** Setup and teardown: once each, before and after the load, and what they leave is told. */
import { expect, test, vi } from 'vitest'
import { Control } from '../../src/engine/schedule/control.ts'
import { reply } from '../servers/http-faults.ts'
import { MemoryTarget, runScenario, runVirtual } from '../support/virtual.ts'
import { faulty } from './targets.ts'

const get = (path: string, headers: Record<string, string> = {}) => ({
  request: { method: 'GET', path, headers },
  name: path.slice(1),
})
const LOGIN = { ...get('/login'), capture: { sess: '$.id' } }

/** Paths that the server was asked for, in order. */
const paths = (server: { seen: readonly { target: string }[] }) => server.seen.map(({ target }) => target)

function site() {
  const fine = (body: string) => (socket: { write(bytes: Buffer): unknown }) => void socket.write(reply(body))
  return faulty({ '/login': fine('{"id":"s-1"}'), '/work': fine('ok'), '/logout': fine('bye') })
}

/** Until a request is held for ever. */
const untilHeld = (server: { seen: readonly { target: string }[] }) =>
  vi.waitFor(() => expect(paths(server)).toContain('/hang'), { timeout: 20_000 })

test('setup and teardown run exactly once, whatever the number of users, and are in no total', async () => {
  const server = await site()
  const { result } = await runScenario({
    name: 'once',
    target: { url: server.url },
    load: [{ iterations: 20, users: 5 }],
    setup: [LOGIN],
    steps: [get('/work')],
    teardown: [get('/logout')],
  })
  expect(paths(server)).toEqual(['/login', ...Array<string>(20).fill('/work'), '/logout'])
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 20 })
  expect(result.iterations).toMatchObject({ planned: 20, completed: 20 })
  expect(result.steps.map(({ name }) => name)).toEqual(['work'])
  expect(result.notes).toEqual([])
})

test('what setup captures under the name of a secret is told as a secret, what an iteration captures is not', async () => {
  const server = await site()
  const secrets: string[] = []
  const scenario = {
    name: 'secrets',
    target: { url: server.url },
    load: [{ iterations: 2, users: 1 }],
    setup: [{ ...get('/login'), capture: { sess: '$.id', accessToken: '$.id', status: '$.id' } }],
    steps: [{ ...get('/login'), name: 'again', capture: { password: '$.id' } }],
  }
  await runScenario(scenario, { onSecret: (value) => secrets.push(value) })
  expect(secrets).toEqual(['s-1'])
})

test('what setup captures or sets wins over vars and group vars, for every user and for teardown; other vars stay a user’s own', async () => {
  const server = await site()
  const header = { 'x-sess': '{{sess}}', 'x-kept': '{{kept}}', 'x-who': '{{who}}' }
  await runScenario({
    name: 'captures',
    target: { url: server.url },
    vars: { sess: '', kept: 'no', who: 'user {{user.id}}' },
    groups: { all: { vars: { sess: 'of the group' } } },
    load: [{ iterationsPerUser: 2, users: 3 }],
    setup: [LOGIN, { set: { kept: 'yes {{sess}}' } }],
    steps: [get('/work', header)],
    teardown: [get('/logout', header)],
  })
  const later = server.seen.slice(1)
  expect(later).toHaveLength(7)
  for (const { headers } of later) expect(headers).toMatchObject({ 'x-sess': 's-1', 'x-kept': 'yes s-1' })
  expect(new Set(later.slice(0, 6).map(({ headers }) => headers['x-who']))).toEqual(new Set(['user 0', 'user 1', 'user 2']))
})

test('a setup that fails says where and how, sends nothing more but the teardown, and ends with 3', async () => {
  const server = await site()
  const { result } = await runScenario({
    name: 'setup',
    target: { url: server.url },
    setup: [get('/nowhere')],
    steps: [get('/work')],
    teardown: [get('/logout')],
  })
  expect(paths(server)).toEqual(['/nowhere', '/logout'])
  expect(result.exitCode).toBe(3)
  expect(result.reason).toBe('setup failed at nowhere: http_status: HTTP 404 Not Found: no such fault')
  expect(result.notes).toEqual([result.reason])
})

test('a setup whose template fails says so', async () => {
  const server = await site()
  const { result } = await runScenario({
    name: 'setup',
    target: { url: server.url },
    setup: [{ set: { a: '{{div 1 iteration.index}}' } }],
    steps: [get('/work')],
  })
  expect(paths(server)).toEqual([])
  expect(result.reason).toMatch(/^setup failed: local_scenario: .*division by zero/)
})

test('a setup that succeeded after a retry has not failed', async () => {
  let tries = 0
  const server = await faulty({
    '/login': (socket) => {
      tries += 1
      socket.write(tries === 1 ? reply('', {}, '503 Service Unavailable') : reply('{"id":"s-1"}'))
    },
  })
  const { result } = await runScenario({
    name: 'retry',
    target: { url: server.url },
    onError: { default: 'retry', retry: { delay: '1ms' } },
    setup: [LOGIN],
    steps: [get('/ok')],
  })
  expect(paths(server)).toEqual(['/login', '/login', '/ok'])
  expect(result.notes).toEqual([])
  // Retries of setup are no part of the load.
  expect(result).not.toHaveProperty('retries')
})

test('a teardown that fails is told, and leaves the verdict as it is', async () => {
  const target = new MemoryTarget({
    reply: ({ path }) => ({
      headMs: 1,
      status: path === '/nowhere' ? 404 : 200,
      pieces: [[0, path === '/nowhere' ? 'no such fault' : 'ok']],
    }),
  })
  const { result } = await runVirtual({
    name: 'teardown',
    target: { url: target.url },
    steps: [get('/work')],
    teardown: [get('/nowhere'), get('/logout')],
  })
  expect(target.requests.map(({ path }) => path)).toEqual(['/work', '/nowhere', '/logout'])
  expect(result.exitCode).toBe(0)
  expect(result.notes).toEqual(['teardown failed at nowhere: http_status: HTTP 404 Not Found: no such fault'])
})

test('teardown runs after a run that failed, and after one that was stopped and cut', async () => {
  const server = await site()
  const steps = { target: { url: server.url }, teardown: [{ delay: '1ms' }, get('/logout')] }
  const failed = await runScenario({ name: 'failed', ...steps, steps: [get('/nowhere')], onError: 'stop' })
  expect(failed.result.exitCodes).toContain(3)
  expect(paths(server)).toEqual(['/nowhere', '/logout'])
  const cut = await runScenario(
    { name: 'cut', ...steps, steps: [get('/hang')] },
    { during: (control) => void untilHeld(server).finally(() => control.cancel()) },
  )
  expect(cut.result.total.counts).toMatchObject({ cut: 1 })
  expect(paths(server).slice(2)).toEqual(['/hang', '/logout'])
})

test('a run that is cut while setup waits does not wait for it', async () => {
  const server = await site()
  const { result } = await runScenario(
    { name: 'cut', target: { url: server.url }, setup: [get('/hang')], steps: [get('/work')], teardown: [get('/logout')] },
    { during: (control) => void untilHeld(server).finally(() => control.cancel()) },
  )
  expect(paths(server)).toEqual(['/hang', '/logout'])
  expect(result.reason).toBe('setup failed: it did not finish')
})

test('teardown runs even when a bug ends the phases, and the bug is told after it', async () => {
  const [{ runPlan }, { planOf }, { scenarioSchema }] = await Promise.all([
    import('../../src/engine/run-plan.ts'),
    import('../../src/scenario/compile.ts'),
    import('../../src/scenario/schema/schema.ts'),
  ])
  const server = await site()
  const scenario = scenarioSchema.parse({
    name: 'bug',
    target: { url: server.url },
    load: [{ users: 2, for: '60s' }],
    steps: [get('/work')],
    teardown: [get('/logout')],
  })
  const plan = planOf(scenario, { file: null, baseDir: '.', seed: 'test', secrets: [] })
  const [phase] = plan.phases
  if (phase?.load.model !== 'closed') throw new Error('a closed phase was asked for')
  const { usersAt } = phase.load
  const load = {
    ...phase.load,
    usersAt: (elapsedMs: number) => {
      if (elapsedMs > 100) throw new Error('a bug in the shape')
      return usersAt(elapsedMs)
    },
  }
  const { finished } = runPlan({ ...plan, phases: [{ ...phase, load }] }, new Control(), {
    mockOrigins: new Map(),
    gracefulMs: () => 0,
  })
  await expect(finished).rejects.toThrow('a bug in the shape')
  expect(paths(server).at(-1)).toBe('/logout')
  expect(paths(server).filter((path) => path === '/logout')).toHaveLength(1)
})

test('headers of a group reach the wire, over those of the target', async () => {
  const server = await site()
  await runScenario({
    name: 'groups',
    target: { url: server.url, headers: { 'x-tier': 'none', 'x-all': 'yes' } },
    groups: { gold: { headers: { 'x-tier': 'gold', 'x-user': '{{user.id}} {{user.group}}' } } },
    load: [{ iterationsPerUser: 1, users: 2 }],
    steps: [get('/work')],
  })
  expect(server.seen.map(({ headers }) => [headers['x-tier'], headers['x-all'], headers['x-user']]).sort()).toEqual([
    ['gold', 'yes', '0 gold'],
    ['gold', 'yes', '1 gold'],
  ])
})

test('groups share the users by their weights, and keep apart', async () => {
  const server = await site()
  const { result } = await runScenario({
    name: 'weights',
    target: { url: server.url },
    groups: { a: { weight: 3, headers: { 'x-group': 'a' } }, b: { weight: 1, headers: { 'x-group': 'b' } } },
    load: [{ iterationsPerUser: 2, users: 40 }],
    steps: [get('/work')],
  })
  const count = (group: string) => server.seen.filter(({ headers }) => headers['x-group'] === group).length
  expect(count('a') + count('b')).toBe(80)
  expect(count('a')).toBeGreaterThan(44)
  expect(count('b')).toBeGreaterThan(6)
  expect(result.tags['group=a']?.counts.planned).toBe(count('a'))
  expect(result.tags['group=b']?.counts.planned).toBe(count('b'))
})
