import * as fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TRUNCATION_MARK } from '../../../src/store/journal/line.ts'
import { readJournal } from '../../../src/store/journal/reader.ts'
import { entry, HEADER } from '../entries.ts'
import { entriesIn, open } from './attempts.ts'

/** Token counts as a target may report them; `raw` is its own record. */
const usageWith = (raw: unknown) => ({
  inputTokens: 1,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens: 2,
  reasoningTokens: null,
  visibleTokens: null,
  source: 'usage' as const,
  raw,
})

describe('what a line holds', () => {
  test('an entry comes back as it was, after the header', () => {
    const { path, journal } = open()
    const whole = entry({
      reasoning: 'hm',
      failure: { class: 'reset', phase: 'stream', message: 'x' },
      outcome: 'failed',
      checks: [{ check: 'c', passed: false, observed: '1' }],
    })
    journal.write(whole)
    journal.close()
    expect(readJournal(path)).toMatchObject({ header: { journal: '1.0', level: 'all', ...HEADER }, tornTail: false })
    expect(entriesIn(path)).toEqual([whole])
  })

  test('secrets are hidden in every field, and at the cut', () => {
    const { path, journal } = open()
    const atTheCut = `${'x'.repeat(64 * 1024 - 4)}hunter22${'y'.repeat(100_000)}`
    const raw = { hunter22: [10000000, 'hunter22'] }
    journal.write(
      entry({ prompt: 'hunter22', reply: atTheCut, warnings: ['hunter22'], usage: usageWith(raw), bytesSent: 10000000 }),
    )
    journal.close()
    expect(fs.readFileSync(path, 'utf8')).not.toContain('hunt')
    expect(entriesIn(path)[0]).toMatchObject({
      prompt: '[secret]',
      warnings: ['[secret]'],
      usage: { raw: { '[secret]': ['[secret]', '[secret]'] } },
    })
    expect(entriesIn(path)[0]?.bytesSent).toBe(10000000)
  })

  test('fields of a JSON reply with the names of secrets are hidden, also one that is cut off', () => {
    const { path, journal } = open()
    journal.write(entry({ reply: '{"access_token":"acc-abcdef123456","n":1}', prompt: '{"password":"acc-abcdef123456' }))
    journal.close()
    expect(fs.readFileSync(path, 'utf8')).not.toContain('acc-')
    expect(entriesIn(path)[0]).toMatchObject({ reply: '{"access_token":"[secret]","n":1}', prompt: '{"password":"[secret]' })
  })

  test.each([
    ['ascii', 'x'],
    ['two bytes', 'é'],
    ['four bytes', '😀'],
  ])('long texts are cut at 64 KiB: %s', (_, character) => {
    const { path, journal } = open()
    journal.write(entry({ reply: `a${character.repeat(100_000)}` }))
    journal.close()
    const reply = entriesIn(path)[0]?.reply ?? ''
    expect(reply.endsWith(character + TRUNCATION_MARK)).toBe(true)
    const bytes = Buffer.byteLength(reply) - Buffer.byteLength(TRUNCATION_MARK)
    expect(bytes).toBeLessThanOrEqual(65_536)
    expect(bytes).toBeGreaterThan(65_532)
  })

  test('lone surrogates and line breaks do no harm', () => {
    const { path, journal } = open()
    journal.write(entry({ reply: 'a\ud800b\n\u2028\r' }))
    journal.close()
    expect(fs.readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
    expect(entriesIn(path)[0]?.reply).toBe('a\ufffdb\n\u2028\r')
  })

  test('an enormous usage record is left out, the rest stays', () => {
    const { path, journal } = open()
    const raw = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]))
    journal.write(entry({ usage: usageWith(raw) }))
    journal.close()
    expect(entriesIn(path)[0]).toMatchObject({ reply: 'Hello', usage: { outputTokens: 2, raw: null }, warnings: ['entry_cut'] })
  })
})
