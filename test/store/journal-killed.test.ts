import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { readJournal } from '../../src/store/journal/reader.ts'
import { readResult } from '../../src/store/read-result.ts'
import { entry, HEADER } from './entries.ts'
import { tempFolders } from './temp.ts'

const temp = tempFolders()
const source = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src', path)).href)

/** Writes entries for ever, about a thousand every 10 ms, and tells of each batch that it flushed. */
const writer = (path: string) => `
  const { Journal } = await import(${source('store/journal/journal.ts')})
  const { Redactor } = await import(${source('text/secrets.ts')})
  const journal = Journal.open(${JSON.stringify(path)}, { level: { kind: 'all' }, header: ${JSON.stringify(HEADER)}, redactor: new Redactor() })
  let iteration = 0
  const none = { failed: 0, cut: 0, dropped: 0, bytesSent: 0, bytesReceived: 0, windowMs: 0 }
  const soFar = () => ({ planned: iteration, started: iteration, ok: iteration, ...none })
  setInterval(() => {
    for (let i = 0; i < 1000; i++) journal.write({ ...${JSON.stringify(entry())}, iteration: iteration++, soFar: soFar() })
    journal.flush()
    process.stdout.write(iteration + '\\n')
  }, 10)
`

test('kill -9 loses no entry that was flushed, and leaves none out in the middle', async () => {
  const folder = temp()
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer(join(folder, 'sessions.jsonl'))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let announced = 0
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    announced = Number(String(chunk).trim().split('\n').at(-1))
    if (announced >= 5000) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  const seen = [...readJournal(join(folder, 'sessions.jsonl')).entries].map((one) => one.iteration)
  expect(seen.length).toBeGreaterThanOrEqual(announced)
  expect(seen.every((iteration, i) => iteration === i)).toBe(true)
  expect(readResult(folder).total.counts.ok).toBe(seen.length)
})
