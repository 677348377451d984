/** Output that nobody takes: a full disk is told by the exit code, a reader that went away is not. */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BIN, chat, eventually, Home, mockFor, OUT } from './harness.ts'

/** Runs burn with stdout on the device that is always full. */
async function onFull(home: Home, args: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: home.path, stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stderr }
}

describe('a full disk', () => {
  test.each([[['schema']], [['generate', '--list']], [['--version']], [['run', 's.json', '--json', '-q', ...OUT]]])(
    '%j: exit 7, in words',
    async (args) => {
      const home = new Home()
      home.write('s.json', chat((await mockFor()).url))
      const { code, stderr } = await onFull(home, args)
      expect(stderr).toMatch(/the output could not be written: ENOSPC/)
      expect(stderr).not.toMatch(/bug in burn|\n\s+at /)
      expect(code).toBe(7)
      if (args[0] === 'run') expect(home.result().verdict).toBe('passed')
    },
  )

  test('nothing to print is no fault', async () => {
    const home = new Home()
    home.write('s.json', chat((await mockFor()).url))
    expect(await onFull(home, ['run', 's.json', '-q', ...OUT])).toEqual({ code: 0, stderr: '' })
  })
})

test.each([[['fold', '--help']], [['seek', 'a', '-h']]])('%j: no such command, exit 2', async (args) => {
  const { code, stdout, stderr } = await new Home().call(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/unknown command/)
})

test('a pipe that nobody reads does not keep a signal from ending the run', async () => {
  const home = new Home()
  execFileSync('mkfifo', [home.file('pipe')])
  home.write('s.json', chat((await mockFor()).url))
  const run = home.start(['run', 's.json', ...OUT, '-o', 'pipe'])
  await eventually(() => existsSync(home.file('out/result.json')) && home.result().status !== 'running', 'the result')
  run.kill('SIGINT')
  run.kill('SIGTERM')
  expect([130, 143]).toContain((await run.finished).code)
})
