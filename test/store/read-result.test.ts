import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/errors.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import type { Result } from '../../src/result/schema.ts'
import { Journal } from '../../src/store/journal/journal.ts'
import { markIncomplete, readResult, readResults } from '../../src/store/read-result.ts'
import { writeResult } from '../../src/store/result-file.ts'
import { Redactor } from '../../src/text/secrets.ts'
import { empty, fine, stored, temp } from './attempts.ts'
import { entry, HEADER } from './entries.ts'
import { thrownBy } from './temp.ts'

describe('readResult', () => {
  test('lists of one and of several', async () => {
    const path = join(temp(), 'all.json')
    await writeResult(path, [empty])
    expect(readResult(path).scenarioName).toBe('support-chat')
    await writeResult(path, [empty, empty])
    expect(readResults(path)).toHaveLength(2)
    expect(thrownBy(() => readResult(path))).toMatchObject({ name: 'InputError', message: expect.stringContaining('2 results') })
    writeFileSync(path, '[]')
    expect(thrownBy(() => readResult(path))).toBeInstanceOf(InputError)
  })

  test('a run that was killed is told from one that ended', async () => {
    const folder = temp()
    await writeResult(join(folder, 'result.json'), { ...empty, status: 'running', verdict: 'incomplete', reason: '' })
    const result = readResult(folder)
    expect(result.status).toBe('running')
    expect(markIncomplete(result)).toMatchObject({ verdict: 'incomplete', reason: expect.stringContaining('killed') })
    expect(markIncomplete(fine)).toBe(fine)
  })

  test.each([
    ['empty', '', 'the file is empty'],
    ['torn', JSON.stringify(fine).slice(0, 5000), 'the file is torn'],
    ['foreign', '{"hello":1}', 'name the folder'],
    ['a number', '7', 'name the folder'],
    ['null in a list', '[null]', 'name the folder'],
    ['of a later format', JSON.stringify({ ...fine, schemaVersion: '2.0' }), 'the version of burn'],
    ['without its steps', JSON.stringify({ ...fine, steps: undefined }), 'was changed'],
  ])('a file that is %s', (_, text, hint) => {
    const path = join(temp(), 'result.json')
    writeFileSync(path, text)
    const error = thrownBy(() => readResult(path))
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test('nothing there', () => {
    const folder = temp()
    for (const path of [folder, join(folder, 'none'), join(folder, 'none', 'result.json')]) {
      expect(thrownBy(() => readResult(path))).toMatchObject({
        name: 'InputError',
        hint: 'name the folder of a run or its result.json',
      })
    }
  })

  test('a torn result is never read as a whole one, wherever it is cut', () => {
    const text = JSON.stringify(fine)
    const path = join(temp(), 'result.json')
    for (let size = 0; size < text.length; size += 37) {
      writeFileSync(path, text.slice(0, size))
      expect(thrownBy(() => readResult(path))).toBeInstanceOf(InputError)
    }
  })

  test.each([
    ['total.counts.ok', (r: Result) => ({ ...r, total: { ...r.total, counts: { ...r.total.counts, ok: '1' } } })],
    [
      'steps.0.checks.0.samples',
      (r: Result) => ({ ...r, steps: [{ ...r.steps[0], checks: [{ check: 'a', passed: 1, failed: 0 }] }] }),
    ],
    ['verdict', (r: Result) => ({ ...r, verdict: 'fine' })],
    [
      'total.distributions.ttft.percentiles.p50',
      (r: Result) => ({
        ...r,
        total: { ...r.total, distributions: { ttft: { ...r.total.distributions.ttft, percentiles: { p50: true } } } },
      }),
    ],
    ['warmup.tokens', (r: Result) => ({ ...r, warmup: { ...r.total, tokens: null } })],
    ['notes', (r: Result) => ({ ...r, notes: {} })],
  ])('names the part that does not fit: %s', (path, change) => {
    expect(misfitOfResult(stored(fine))).toBeUndefined()
    expect(misfitOfResult(JSON.parse(JSON.stringify(change(fine))))).toBe(path)
  })
})

describe('a run that was killed early', () => {
  test('before it had counted anything: no figure is 0', () => {
    const folder = temp()
    Journal.open(join(folder, 'sessions.jsonl'), { level: { kind: 'errors' }, header: HEADER, redactor: new Redactor() }).close()
    const unknown = {
      totalMessages: null,
      successfulMessages: null,
      failedMessages: null,
      throughputQps: null,
      anomaliesDetected: null,
    }
    const result = readResult(folder)
    expect(result).toMatchObject({ ...unknown, errorRate: null })
    // It can be stored and read again.
    const path = join(folder, 'report.json')
    writeFileSync(path, JSON.stringify(result))
    expect(readResult(path)).toMatchObject(unknown)
  })

  test.each([
    ['is not there any more', 2 ** 22 + 1, 'killed before its first counts were written, and with --log none'],
    ['lives', process.ppid, 'has just begun'],
  ])('without result and journal, when its process %s', (_, pid, hint) => {
    const folder = temp()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ runId: 'r', pid, host: hostname(), processStart: null }))
    expect(thrownBy(() => readResult(folder))).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test('what the journal counted after the last checkpoint is told', async () => {
    const folder = temp()
    await writeResult(join(folder, 'result.json'), { ...empty, status: 'running', verdict: 'incomplete' })
    const journal = Journal.open(join(folder, 'sessions.jsonl'), {
      level: { kind: 'all' },
      header: HEADER,
      redactor: new Redactor(),
    })
    const soFar = {
      planned: 12,
      started: 12,
      ok: 9,
      failed: 2,
      cut: 0,
      dropped: 0,
      bytesSent: 0,
      bytesReceived: 0,
      windowMs: 1900,
    }
    journal.write(entry({ soFar, endedAtMs: 1900 }))
    journal.close()
    expect(readResult(folder).notes.at(-1)).toBe(
      'sessions.jsonl goes on after the last checkpoint: at 1.9s, 12 were planned, 9 ok, 2 failed',
    )
  })
})
