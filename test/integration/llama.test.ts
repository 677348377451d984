/** The built burn against a real llama.cpp: what both count and time must agree. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import type { JournalEntry } from '../../src/store/journal/entry.ts'
import { Folder } from './programs.ts'

const BURN = join(import.meta.dirname, '..', '..', 'bin', 'burn.js')
const folder = new Folder()
let url = ''

beforeAll(() => {
  const llama = inject('llama')
  if ('missing' in llama)
    throw new Error(`llama.cpp could not be started; .ci/run has the command that installs it: ${llama.missing}`)
  url = llama.url
})

afterAll(() => folder.remove())

/** Four users, twenty replies of 16 tokens. The server works on two at once, and is watched beside. */
async function ran(name: string, stream: boolean): Promise<{ result: Result; entries: JournalEntry[]; text: string }> {
  folder.write(
    `${name}.json`,
    JSON.stringify({
      name,
      target: { preset: 'openai-compatible', url: `${url}/v1/chat/completions`, model: 'tiny', maxTokens: 16, stream },
      load: [{ users: 4, iterations: 20 }],
      steps: [
        { message: 'Tell me about fires, {{iteration.index}}.', expect: [{ tokens: '16..16' }, { server_prefill: '> 0ms' }] },
      ],
      observe: [{ url: `${url}/metrics`, every: '200ms' }],
      thresholds: ['server_prefill p95 < 10s', 'server_decode max < 10s', 'server.tokens_out count == 320'],
    }),
  )
  const args = ['run', folder.file(`${name}.json`), '--out', folder.file(name), '--log', 'all']
  const { stderr } = await promisify(execFile)(process.execPath, [BURN, ...args], { env: { ...process.env, NO_COLOR: '1' } })
  const lines = folder.read(`${name}/sessions.jsonl`).trim().split('\n').slice(1)
  return {
    result: JSON.parse(folder.read(`${name}/result.json`)) as Result,
    entries: lines.map((line) => JSON.parse(line) as JournalEntry),
    text: stderr.replaceAll(/\s+/g, ' '),
  }
}

describe.each([
  ['streamed', true],
  ['whole', false],
])('replies that come %s', (name, stream) => {
  test('have the times and tokens of the server, within those of burn', async () => {
    const { result, entries, text } = await ran(name, stream)
    expect(result.verdict).toBe('passed')
    expect(result.warnings).toEqual({})
    expect(result.total.serverTimes).toEqual({ 'llama.cpp': 20 })
    const { server_prefill: prefill, server_decode: decode, server_queue: queue, network } = result.total.distributions
    expect([prefill?.count, decode?.count, queue, network]).toEqual([20, 20, undefined, undefined])
    expect(text).toContain('in server llama.cpp · prefill p50')
    expect(text).toMatch(
      /first token ttft \S+ mean: \S+ prefill, \S+ elsewhere \(the server's queue, the network\); told by llama.cpp/,
    )
    expect(entries).toHaveLength(20)
    for (const { server, sentAtMs, endedAtMs, ttftMs, usage } of entries) {
      const { prefillMs = Number.NaN, decodeMs = Number.NaN } = server ?? {}
      expect(prefillMs).toBeGreaterThan(0)
      expect(decodeMs).toBeGreaterThan(0)
      // Of one machine and one clock.
      expect(prefillMs + decodeMs).toBeLessThanOrEqual(endedAtMs - (sentAtMs ?? Number.NaN))
      expect(prefillMs).toBeLessThanOrEqual(ttftMs ?? Number.NaN)
      expect(usage?.outputTokens).toBe(16)
    }
    const counters = result.server?.[0]?.counters
    expect(counters?.tokens_out?.delta).toBe(result.total.tokens.output)
    expect(counters?.tokens_in?.delta).toBe(result.total.tokens.input)
  })
})
