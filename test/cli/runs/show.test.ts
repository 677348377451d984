/** `burn runs show`, `cancel` and `rm`: one run, from any terminal. */
import { expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from '../harness.ts'
import { write } from './written.ts'

test('list is burn runs; flags may stand before it', async () => {
  const home = new Home()
  write(home, 'a', 1)
  write(home, 'b', 2)
  const listed = (await home.call(['runs', '--json', '--limit', '1'])).stdout
  expect((await home.call(['runs', 'list', '--json', '--limit', '1'])).stdout).toBe(listed)
  expect((await home.call(['runs', '--json', 'list', '--limit', '1'])).stdout).toBe(listed)
  const { code, stderr } = await home.call(['runs', 'rm', 'a', '--limit', '1', '-y'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('burn runs rm has no --limit') })
})

test('show prints the head of a run', async () => {
  const home = new Home()
  const mock = await mockFor()
  expect((await home.call(['run', home.write('s.json', chat(mock.url)), ...OUT])).code).toBe(0)
  const { runId, seed } = home.result()
  const { stdout } = await home.call(['runs', 'show', 'out'])
  expect(stdout).toMatch(/^PASSED {2}cli test {2}/)
  expect(stdout.replace(/\n {2}/g, ' ')).toContain(`run ${runId} · s.json · seed ${seed}`)
  const head = JSON.parse((await home.call(['runs', 'show', 'out', '--json'])).stdout)
  expect(head).toMatchObject({ runId, verdict: 'passed', exitCode: 0, folder: 'out', live: null })
  home.write('out/result.json', home.read('out/result.json').slice(0, 50))
  expect((await home.call(['runs', 'show', 'out'])).code).toBe(6)
})
