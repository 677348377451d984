/** `anomalies.jsonl` beside the result of a run: what stands out, with its evidence. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { chat, Home, mockFor, OUT } from '../../harness.ts'

interface Line {
  readonly kind: string
  readonly step: string
  readonly user: number
  readonly iteration: number
  readonly evidence: string | null
}

const linesOf = (home: Home): Line[] =>
  home
    .read('out/anomalies.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

test('each thing that stands out has a line that leads to its attempt in the journal', async () => {
  const home = new Home()
  const mock = await mockFor({ replies: 'repetitive', tokens: 60, emptyRate: 0.2, errorRate: 0.2 })
  const steps = ['Hello', 'And then?', 'Really?'].map((message) => ({ message }))
  home.write('s.json', chat(mock.url, { load: [{ iterations: 20, users: 4 }], steps }))
  await home.call(['run', 's.json', ...OUT, '--log', 'all'])
  const lines = linesOf(home)
  const { anomalies, files } = home.result()
  const countOf = (kind: string) => lines.filter((line) => line.kind === kind).length
  expect([countOf('failed'), countOf('empty'), countOf('repeated'), countOf('loop')]).toEqual([
    ...[anomalies.failed, anomalies.empty, anomalies.repeated],
    anomalies.loops,
  ])
  expect(lines.find(({ kind }) => kind === 'failed')?.evidence).toMatch(/^http_status at /)
  expect(lines.find(({ kind }) => kind === 'loop')).toMatchObject({
    ...{ metric: 'loop coverage', value: expect.any(Number), limit: 0.15 },
    comparedWith: 'healthy prose, of which 99 % has a share below 0.026',
  })
  const journal = home
    .read('out/sessions.jsonl')
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line))
  for (const { user, iteration, step, kind } of lines.filter(({ kind }) => kind !== 'burst'))
    expect(journal, kind).toContainEqual(expect.objectContaining({ user, iteration, step }))
  expect(files).toContainEqual({ path: 'anomalies.jsonl', holds: 'what stands out' })
})

test('secrets are masked before the evidence is cut', async () => {
  const home = new Home()
  const token = 'sk-secret-of-the-test-0123456789'
  // The cut after 200 characters would fall into the token.
  const content = `${'Every word of it counts here. '.repeat(6)}So ${token}. `.repeat(4)
  const server = createServer((_, response) => {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`
  const target = { preset: 'openai-chat', url, model: 'm', stream: false, auth: { type: 'bearer', token } }
  home.write('s.json', { name: 's', target, load: [{ iterations: 2, users: 1 }], steps: [{ message: 'Hello' }] })
  await home.call(['run', 's.json', ...OUT])
  expect(linesOf(home).find(({ kind }) => kind === 'loop')?.evidence).toMatch(/^Every word .*So \[secret\]/)
  expect(home.read('out/anomalies.jsonl')).not.toContain('sk-sec')
})

test('fifty lines of a kind at most, and no file when nothing stands out', async () => {
  const home = new Home()
  const mock = await mockFor({ status: 500 })
  const failing = chat(mock.url, { load: [{ iterations: 80, users: 4 }], steps: [{ message: 'Hello' }] })
  home.write('s.json', failing)
  await home.call(['run', 's.json', ...OUT])
  expect(linesOf(home).filter(({ kind }) => kind === 'failed')).toHaveLength(50)
  expect(home.result().anomalies.failed).toBe(80)

  const fine = await mockFor()
  home.write('u.json', chat(fine.url, { load: [{ iterations: 2, users: 1 }], quality: false }))
  await home.call(['run', 'u.json', ...OUT, '--overwrite'])
  expect(existsSync(home.file('out/anomalies.jsonl'))).toBe(false)
  expect(home.result().files.map(({ path }) => path)).not.toContain('anomalies.jsonl')
})
