/** `burn audit` from outside: what it prints, and its exit codes. Times of the machine decide nothing here. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { findingSchema } from '../../../src/cli/audit/finding.ts'
import { listen } from '../../servers/http-faults.ts'
import { chat, closeAfter, Home, mockFor, OUT } from '../harness.ts'

const reportSchema = z.object({
  targets: z.array(z.looseObject({ findings: z.array(findingSchema), problems: z.array(z.string()) })),
})
const FEW = ['--pairs', '7']

/** A server whose whole replies hold more than its streams: something that burn misses, or that the target leaves out. */
async function leavingOut(usage: object): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const message = { role: 'assistant', content: 'Half \u001b[2J of it and the rest' }
      if (JSON.parse(body).stream !== true) return response.end(JSON.stringify({ choices: [{ message }], usage }))
      const delta = { choices: [{ index: 0, delta: { content: 'Half' }, finish_reason: 'stop' }], usage }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(delta)}\n\ndata: [DONE]\n\n`)
      return response
    })
  })
  const port = await listen(server)
  closeAfter({ close: () => new Promise<void>((resolve) => void server.close(() => resolve())) })
  return `http://127.0.0.1:${port}`
}

test('says what it found in lines, with exit code 1, and no text of the target reaches the terminal as it is', async () => {
  const home = new Home()
  home.write('a.json', chat(await leavingOut({ prompt_tokens: 9, completion_tokens: 1 })))
  const { code, stdout, stderr } = await home.call(['audit', 'a.json', ...FEW])
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(/^audit of target, step hello \(openai-chat over http\): 15 messages, one at a time\n\n/)
  expect(stdout).toMatch(/ ✗ whole text {5}after 4 characters the streamed text ends there/)
  expect(stdout).not.toContain('\u001b')
  expect(stdout).toContain(' – determinism')
  expect(home.files()).toEqual(['a.json'])
})

test('prints the same as JSON; an earlier run is the reference of lengths', async () => {
  const home = new Home()
  const mock = await mockFor({ tokens: 20 })
  home.write('before.json', chat(mock.url))
  home.write('a.json', chat('mock:', {}, { mock: { firstTokenMs: 0, gapMs: 0, tokens: 3 } }))
  expect(await home.call(['run', 'before.json', ...OUT])).toMatchObject({ code: 0 })
  const { code, stdout } = await home.call(['audit', 'a.json', ...FEW, '--reference', 'out', '--json'])
  const { targets } = reportSchema.parse(JSON.parse(stdout))
  expect([code, targets.length]).toEqual([1, 1])
  expect(targets[0]?.findings.at(-1)).toMatchObject({
    check: 'length',
    state: 'failed',
    figures: { outputTokens: 3, referenceOutputTokens: 20, change: -0.85 },
  })
  expect(targets[0]?.findings.map(({ check, state }) => `${check} ${state}`)).toContain('whole-text passed')
})

test('a target that refuses everything cannot be audited: exit code 3', async () => {
  const home = new Home()
  const mock = await mockFor({ status: 503 })
  home.write('a.json', chat(mock.url))
  const { code, stderr } = await home.call(['audit', 'a.json', ...FEW])
  expect([code, stderr]).toEqual([3, expect.stringContaining('burn: http_status in phase headers')])
  expect(await mock.stats()).toMatchObject({ requests: 1 })
})

test.each([
  [['--pairs', '6'], 'expected a whole number from 7 to 200'],
  [['--pairs', 'x'], 'expected a whole number'],
  [['--timeout', 'soon'], 'expected a duration'],
])('%j is bad usage', async (flags, words) => {
  const home = new Home()
  home.write('a.json', chat('http://127.0.0.1:1'))
  expect(await home.call(['audit', 'a.json', ...flags])).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
})

test('a reference that is no run is a missing input', async () => {
  const home = new Home()
  home.write('a.json', chat('http://127.0.0.1:1'))
  expect(await home.call(['audit', 'a.json', '--reference', 'none'])).toMatchObject({ code: 6 })
})
