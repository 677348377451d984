import { appendFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { FolderWatch } from '../../../src/cli/tail/folder-watch.ts'
import { temp } from '../../store/folders.ts'

/** Far longer than any test: what ends a wait of this length is no clock. */
const NEVER_MS = 3_600_000

function watched() {
  const folder = temp()
  const watch = new FolderWatch(folder)
  onTestFinished(() => watch.close())
  return { watch, write: () => appendFileSync(`${folder}/sessions.jsonl`, 'line\n'), signal: new AbortController() }
}

test('a line that is written ends the wait, whatever the clock says', async () => {
  const { watch, write, signal } = watched()
  for (let n = 0; n < 3; n += 1) {
    const waiting = watch.next(NEVER_MS, signal.signal)
    // One write may give two events, of which the second ends the next wait early: the line is written here, not by a timer that outlives the test.
    await setImmediate()
    write()
    await waiting
  }
})

test('the signal ends the wait, and one that is there already lets none begin', async () => {
  const { watch, signal } = watched()
  const waiting = watch.next(NEVER_MS, signal.signal)
  signal.abort()
  await waiting
  await watch.next(NEVER_MS, signal.signal)
  expect(signal.signal.aborted).toBe(true)
})
