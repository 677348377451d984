/** `burn runs cancel`, from another terminal. */
import { existsSync, mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { chat, eventually, Home, mockFor, OUT } from '../harness.ts'
import { lockOf, stranger, write } from './written.ts'

describe('cancel', () => {
  test('a run ends as with Ctrl-C, its files written when cancel returns', async () => {
    const home = new Home()
    const mock = await mockFor()
    const run = home.start(['run', home.write('s.json', chat(mock.url, { load: [{ users: 2, for: '10m' }] })), ...OUT])
    await eventually(() => home.files().includes('out/result.json') && mock.stats().requests > 3, 'a run under way')
    const shown = JSON.parse((await home.call(['runs', 'show', 'out', '--json'])).stdout)
    expect(shown).toMatchObject({ status: 'running', folder: 'out', live: { pid: run.process.pid, host: hostname() } })
    expect((await home.call(['runs', 'show', 'out'])).stdout).toMatch(/^RUNNING {2}cli test · process \d+ on /)
    expect(JSON.parse((await home.call(['runs', '.', '--json'])).stdout)).toMatchObject([
      { folder: 'out', live: { pid: run.process.pid } },
    ])
    const chosen = async (verdict: string) => JSON.parse((await home.call(['runs', '.', '--verdict', verdict, '--json'])).stdout)
    expect([await chosen('running'), await chosen('incomplete')]).toMatchObject([[{ folder: 'out' }], []])
    expect((await home.call(['runs', '.'])).stdout).toMatch(/cli test +running /)
    const { code, stdout, stderr } = await home.call(['runs', 'cancel', 'out', '--json'])
    expect(code, stderr).toBe(0)
    const { runId } = home.result()
    expect(JSON.parse(stdout)).toEqual({
      ...{ runId, folder: 'out', pid: run.process.pid },
      ...{ status: 'aborted', verdict: 'aborted', exitCode: 130 },
    })
    expect((await run.finished).code).toBe(130)
    expect((await home.call(['runs', '.'])).stdout).toMatch(/cli test +aborted /)
    expect(home.result().total.counts.started).toBe(mock.stats().requests)
    expect(await home.call(['runs', 'cancel', 'out'])).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^burn: out is not running: it has ended \(aborted\)\n/),
    })
  })

  test('a stranger with the number of a process that is gone gets no signal', async () => {
    const home = new Home()
    const pid = stranger()
    const folder = write(home, 'a', 1)
    for (const holder of [lockOf(pid, '1'), { ...lockOf(pid), host: `not-${hostname()}` }]) {
      home.write(`${folder}/lock`, holder)
      expect([6, 7]).toContain((await home.call(['runs', 'cancel', 'a'])).code)
    }
    expect(existsSync(`/proc/${pid}`) || process.platform !== 'linux').toBe(true)
    expect(() => process.kill(pid, 0)).not.toThrow()
  })

  test('a process that ends without a result is told', async () => {
    const home = new Home()
    const pid = stranger()
    mkdirSync(home.file('burn-results/a'), { recursive: true })
    home.write('burn-results/a/lock', lockOf(pid))
    const { code, stderr } = await home.call(['runs', 'cancel', 'burn-results/a'])
    expect(code).toBe(7)
    expect(stderr).toContain(`process ${pid} has ended, and left no result in burn-results/a`)
  })
})
