/** SIGINT, SIGTERM and SIGHUP at every stage of a run: what was measured is written, and the process is gone when it should be. */
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { chatReply, faultServer } from '../servers/http-faults.ts'
import { shareOf } from '../support/share.ts'
import { chat, closeAfter, eventually, Home, mockFor, OUT } from './harness.ts'
import { breaking } from './preloads.ts'

/** Accepts connections and requests, and never says a word. */
async function silentServer() {
  const server = await faultServer({ '/v1/chat/completions': () => {} })
  closeAfter({ close: () => server.stop() })
  return server
}

/** Who waits for any end of it never comes back. */
const HANGING = { load: [{ users: 3, for: '1h' }], graceful: '1h' }

describe('the first signal', () => {
  test('while the program starts: the process is gone, and nothing was sent', async () => {
    const home = new Home()
    const mock = await mockFor()
    const run = home.start(['run', home.write('s.json', chat(mock.url)), ...OUT])
    run.kill('SIGINT')
    expect((await run.finished).code).toBe(130)
    expect(mock.stats().requests).toBe(0)
  })

  test.each([
    ['SIGTERM at burn.cjs', 143],
    ['SIGINT at the scenario', 130],
  ] as const)('%s, while the program is loaded: the run ends as soon as it begins, with a result', async (what, code) => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, HANGING))
    const { code: ended, stderr } = await home.burn(['run', scenario, ...OUT], { node: breaking(home, what) })
    expect(ended).toBe(code)
    expect(stderr).toMatch(/stopping: what is in flight may finish/)
    const result = home.result()
    expect(result).toMatchObject({ status: 'aborted', verdict: 'aborted', exitCode: code })
    expect(result.total.counts.started).toBe(mock.stats().requests)
  })

  test('while the reports are written: it ended nothing, and the exit code is that of the result', async () => {
    const home = new Home()
    const mock = await mockFor()
    const scenario = home.write('s.json', chat(mock.url, { load: [{ iterations: 2 }] }))
    const run = await home.burn(['run', scenario, '--report', 'junit', ...OUT], { node: breaking(home, 'SIGINT at junit') })
    expect(run.stderr).toMatch(/stopping/)
    expect(home.result()).toMatchObject({ status: 'completed', verdict: 'passed', exitCode: 0 })
    expect(run.code).toBe(0)
  })

  test('while a plugin is loaded, before there is a run: a line says so', async () => {
    const home = new Home()
    home.write('plugin.mjs', `process.stdout.write('loading')\nawait new Promise(() => {})`)
    const run = home.start(['run', home.write('s.json', chat('http://127.0.0.1:9')), '--plugin', 'plugin.mjs', ...OUT])
    await run.until(({ stdout }) => stdout.includes('loading'))
    run.kill('SIGTERM')
    const { code, stderr } = await run.finished
    expect({ code, stderr }).toEqual({ code: 143, stderr: 'burn: ended by SIGTERM before the run began; nothing was measured\n' })
  })

  test('while the address is tried: no waiting for its time-out', async () => {
    const home = new Home()
    const scenario = home.write('s.json', chat('http://127.0.0.1:81', HANGING, { timeouts: { connect: '1h' } }))
    const run = home.start(['run', scenario, ...OUT], { node: breaking(home, 'connecting hangs') })
    await eventually(() => home.files().some((name) => name === 'out/lock'), 'the lock')
    run.kill('SIGTERM')
    expect((await run.finished).code).toBe(143)
    expect(home.result()).toMatchObject({ status: 'aborted', totalMessages: 0 })
  })

  test.each(
    shareOf([
      [
        'warm-up',
        [
          { name: 'warm', users: 2, for: '60s', warmup: true },
          { users: 1, for: '1s' },
        ],
      ],
      ['a ramp', [{ name: 'up', users: 40, for: '60s', ramp: '60s' }]],
      [
        'the second phase',
        [
          { users: 1, iterations: 2 },
          { name: 'late', users: 2, for: '60s' },
        ],
      ],
      ['a steady open load', [{ rate: '40/s', for: '60s' }]],
    ]),
  )('in %s: in-flight attempts finish, everything is written', async (_, load) => {
    const home = new Home()
    const mock = await mockFor({ firstTokenMs: 60 })
    const scenario = home.write('s.json', chat(mock.url, { load }))
    const run = home.start(['run', scenario, ...OUT, '--log', 'all', '--report', 'junit,md,json', '-o', 'copy.json'])
    await eventually(() => mock.stats().requests > 4, 'traffic')
    run.kill('SIGINT')
    const { code, stderr } = await run.finished
    expect(code).toBe(130)
    expect(stderr).toMatch(/stopping: what is in flight may finish/)
    const result = home.result()
    expect(result).toMatchObject({ status: 'aborted', verdict: 'aborted', exitCode: 130 })
    const { planned, ok, failed, cut, dropped, started } = result.total.counts
    expect(planned).toBe(ok + failed + cut + dropped)
    expect({ failed, cut }).toEqual({ failed: 0, cut: 0 })
    expect(started + (result.warmup?.counts.started ?? 0)).toBe(mock.stats().requests)
    expect(home.files()).toEqual(
      [
        'copy.json',
        'out/junit.xml',
        'out/report.json',
        'out/report.md',
        'out/result.json',
        'out/sessions.jsonl',
        's.json',
      ].sort(),
    )
    expect(JSON.parse(home.read('copy.json'))).toEqual(result)
  })

  test('of a terminal that was closed: as SIGTERM, no lock left behind', async () => {
    const home = new Home()
    const mock = await mockFor()
    const run = home.start(['run', home.write('s.json', chat(mock.url, { load: [{ users: 2, for: '60s' }] })), ...OUT])
    await eventually(() => mock.stats().requests > 4, 'traffic')
    run.kill('SIGHUP')
    expect((await run.finished).code).toBe(143)
    expect(home.result()).toMatchObject({ status: 'aborted', verdict: 'aborted', exitCode: 143, total: { counts: { cut: 0 } } })
    expect(home.files()).toEqual(['out/result.json', 'out/sessions.jsonl', 's.json'])
  })

  test('in the drain: the run had its end already, the signal still counts', async () => {
    const home = new Home()
    const waiting: Socket[] = []
    const server = await faultServer({ '/v1/chat/completions': (socket) => void waiting.push(socket) })
    closeAfter({ close: () => server.stop() })
    const load = [{ users: 2, for: '300ms' }]
    const scenario = home.write('s.json', chat(server.url, { load }, { stream: false }))
    const run = home.start(['run', scenario, ...OUT, '-v'])
    await run.until(({ stderr }) => stderr.includes('no more arrivals'))
    run.kill('SIGINT')
    await run.until(({ stderr }) => stderr.includes('once more to stop at once'))
    for (const socket of waiting) socket.write(chatReply('hi'))
    expect((await run.finished).code).toBe(130)
    expect(home.result().total.counts).toMatchObject({ planned: 2, ok: 2, cut: 0 })
  })
})

describe('the second signal', () => {
  test.each(shareOf(['SIGINT', 'SIGTERM']))('%s twice ends hanging attempts within a second', async (signal) => {
    const home = new Home()
    const server = await silentServer()
    const run = home.start(['run', home.write('s.json', chat(server.url, HANGING)), ...OUT])
    await eventually(() => server.seen.length === 3, 'three requests')
    run.kill(signal)
    await run.until(({ stderr }) => stderr.includes('once more to stop at once'))
    run.kill(signal)
    expect((await run.finished).code).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(home.result()).toMatchObject({ status: 'aborted', total: { counts: { planned: 3, ok: 0, failed: 0, cut: 3 } } })
  })

  test('the first decides the exit code', async () => {
    const home = new Home()
    const server = await silentServer()
    const run = home.start(['run', home.write('s.json', chat(server.url, HANGING)), ...OUT])
    await eventually(() => server.seen.length === 3, 'three requests')
    run.kill('SIGTERM')
    await run.until(({ stderr }) => stderr.includes('once more to stop at once'))
    run.kill('SIGINT')
    expect((await run.finished).code).toBe(143)
  })
})

test('burn mock ends with exit 0 when it is told to, even with a connection open', async () => {
  const home = new Home()
  const run = home.start(['mock', '--port', '0', '--set', 'firstTokenMs=60000'])
  let url = ''
  await run.until(({ stdout }) => {
    url = /http:\S+/.exec(stdout)?.[0] ?? ''
    return stdout.endsWith('\n')
  })
  const open = fetch(`${url}/chat`, { method: 'POST', body: '{"message":"hi"}' }).catch(() => 'cut')
  await eventually(async () => /"requests":1\b/.test(await (await fetch(`${url}/__mock/stats`)).text()), 'the request')
  run.kill('SIGTERM')
  expect((await run.finished).code).toBe(0)
  expect(await open).toBe('cut')
})
