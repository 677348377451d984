/** What a ping leaves out of a scenario, and what it shows of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { closeAfter, Home } from '../harness.ts'

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
