/** What a ping leaves out of a scenario, and what it shows of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { chat, closeAfter, Home, mockFor } from '../harness.ts'

async function requestsOf(url: string): Promise<number> {
  const answer = (await (await fetch(`${url}/__mock/log`)).json()) as unknown[] | { requests?: unknown[] }
  return (Array.isArray(answer) ? answer : (answer.requests ?? [])).length
}

test('a ping sends what a user would: no fault is injected, no judge asked, and no budget counts', async () => {
  const home = new Home()
  const mock = await mockFor()
  const judge = await mockFor({ replies: 'grades' })
  home.write(
    'a.json',
    chat(mock.url, {
      load: [{ iterations: 5, users: 1 }],
      steps: [{ message: 'One' }, { message: 'Two' }],
      faults: [{ status: [500], probability: '100%' }, { refuse: true }],
      budget: { requests: 1 },
      alerts: ['errors ratio > 5% in 5m'],
      judge: { target: { url: `${judge.url}/v1`, preset: 'openai-chat', model: 'grader' } },
    }),
  )
  const { code, stdout } = await home.call(['ping', 'a.json', '--all', '--json'])
  const { exchanges } = JSON.parse(stdout) as { exchanges: { outcome: string }[] }
  expect(exchanges.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
  expect(code).toBe(0)
  expect([await requestsOf(mock.url), await requestsOf(judge.url)]).toEqual([2, 0])
})

describe('secrets of the scenario are masked', () => {
  const SECRET = 'hunter2-of-the-check'

  test.each([[[]], [['--json']]])('in the checks of a reply: %j', async (flags: string[]) => {
    const home = new Home()
    const server = createServer((_, response) => response.end('nothing of it'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closeAfter({ close: () => new Promise<void>((resolve) => void server.close(() => resolve())) })
    home.write('s.json', {
      name: 's',
      target: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
      steps: [{ request: { path: '/' }, expect: [{ contains: '${env.CHECK_TOKEN}' }] }],
    })
    const { stdout, stderr } = await home.call(['ping', 's.json', ...flags], { env: { CHECK_TOKEN: SECRET } })
    expect(stdout).toContain('[secret]')
    expect(stdout + stderr).not.toContain(SECRET)
  })
})
