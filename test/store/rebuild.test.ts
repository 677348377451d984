import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import type { JournalEntry } from '../../src/store/journal/entry.ts'
import { Journal } from '../../src/store/journal/journal.ts'
import { markIncomplete, readResult } from '../../src/store/read-result.ts'
import { Redactor } from '../../src/text/secrets.ts'
import { reporters } from '../support/reporters.ts'
import { temp } from './attempts.ts'
import { entry, HEADER } from './entries.ts'
import { thrownBy } from './temp.ts'

describe('a folder with a journal and no result', () => {
  const redactor = new Redactor()

  function journalled(level: 'all' | 'errors'): string {
    const folder = temp()
    const journal = Journal.open(join(folder, 'sessions.jsonl'), { level: { kind: level }, header: HEADER, redactor })
    const failure = (n: number) => ({
      class: 'refused',
      phase: 'connect' as const,
      message: `connect ECONNREFUSED 127.0.0.1:${n}`,
    })
    // Two attempts are in flight all the while.
    const counts = { planned: 2, started: 2, ok: 0, failed: 0, cut: 0, dropped: 0, bytesSent: 0, bytesReceived: 0 }
    const ended = (over: Partial<JournalEntry>) => {
      for (const name of ['planned', 'started', over.outcome ?? 'ok'] as const) counts[name] += 1
      journal.write(entry({ ...over, soFar: { ...counts, windowMs: over.endedAtMs ?? 0 } }))
    }
    journal.write(entry({ outcome: 'failed', failure: failure(1), soFar: { ...counts, windowMs: 0 } })) // of a warm-up
    for (let i = 0; i < 5; i++) ended({ endedAtMs: i * 1000, step: i < 3 ? 'open' : 'more' })
    for (let i = 0; i < 3; i++) ended({ outcome: 'failed', failure: failure(4000 + i), endedAtMs: 6000 + i })
    ended({ outcome: 'cut', endedAtMs: 10_000 })
    journal.close()
    return folder
  }

  test('gives counts and errors, under INCOMPLETE', () => {
    const result = readResult(journalled('all'))
    expect(result).toMatchObject({
      status: 'running',
      verdict: 'incomplete',
      scenarioName: 'support-chat',
      runId: 'run-1',
      durationMs: 10_000,
    })
    expect(result.total.counts).toEqual({ planned: 11, started: 11, ok: 5, failed: 3, cut: 1, dropped: 0 })
    expect(result.total.values).toEqual({ errors: 3 / 8, rate: 0.5, started_rate: 1.1 })
    expect(result.steps.map((step) => [step.name, step.counts.ok])).toEqual([
      ['open', 3],
      ['more', 2],
    ])
    expect(result.errors).toMatchObject([
      { class: 'refused', count: 3, firstMs: 6000, lastMs: 6002, hint: expect.stringContaining('nothing listens') },
    ])
    // Whoever reads the journal need not be on the machine that ran it.
    expect(result.environment).toMatchObject({ burn: 'unknown', node: 'unknown', hostname: 'unknown' })
    expect(misfitOfResult(result)).toBeUndefined()
    expect(markIncomplete(result).reason).toBe('the run was killed before its first checkpoint; counted from sessions.jsonl')
  })

  test('a journal of failures alone counts the others too, as of its last line', () => {
    const result = readResult(journalled('errors'))
    expect(result.total.counts).toEqual({ planned: 10, started: 10, ok: 5, failed: 3, cut: 0, dropped: 0 })
    expect(result.total.values.errors).toBe(3 / 8)
    expect(result.errors).toMatchObject([{ class: 'refused', count: 3, firstMs: 6000 }])
    expect(result.steps).toEqual([])
    expect(result.notes).toContain("the journal's level was errors: nothing is known of the steps")
  })

  test('where no line says how many attempts there were, no report makes up a number', () => {
    const folder = temp()
    Journal.open(join(folder, 'sessions.jsonl'), { level: { kind: 'errors' }, header: HEADER, redactor }).close()
    const result = markIncomplete(readResult(folder))
    expect(result.notes).toContain('sessions.jsonl does not say how many attempts there were')
    const look = { color: false, unicode: false, width: 80 }
    const render = (format: 'console' | 'md' | 'junit') => reporters[format].render(result, look)
    expect(render('console')).toMatch(/attempts +not known: the run was killed[\s\S]*rate +- ok/)
    expect(render('md')).toContain('- attempts: not known: the run was killed')
    expect(render('junit')).toContain('tests="4" failures="0" errors="2"')
    for (const format of ['console', 'md', 'junit'] as const) expect(render(format)).not.toMatch(/0 planned|no attempt succeeded/)
  })

  test('a torn journal still counts', () => {
    const folder = journalled('all')
    const path = join(folder, 'sessions.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -50))
    const result = readResult(folder)
    expect(result.total.counts.started).toBe(10)
    expect(result.notes).toContain('the last line of the journal is torn and left out')
  })

  test('a journal of something else is refused', () => {
    const folder = temp()
    writeFileSync(join(folder, 'sessions.jsonl'), 'hello\n')
    expect(thrownBy(() => readResult(folder))).toBeInstanceOf(InputError)
  })
})
