import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shareOf } from '../support/share.ts'

const COUNTS = shareOf(['100', '60', '127', '200', '250', '300'])

/** How the processes end: `done`, or the signal by which Node ends them. */
function endings(...args: string[]): (string | null)[] {
  return COUNTS.map((count) => {
    const script = join(import.meta.dirname, 'broken-heads.ts')
    const { stdout, signal } = spawnSync(process.execPath, [script, count, ...args], { encoding: 'utf8' })
    return signal ?? stdout
  })
}

test('Node does not end the process when it frees a session on which a head was refused', ({ skip }) => {
  const held = endings('hold')
  const control = endings()
  expect(held).toEqual(COUNTS.map(() => 'done'))
  if (!control.includes('SIGABRT')) skip('this Node needs no hold: it ended no process without one either')
})
