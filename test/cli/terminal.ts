/** A terminal of its own for a command, which `script` makes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEveryTest } from '../support/leftovers.ts'
import type { Home } from './harness.ts'

const terminals = new Set<ReturnType<typeof spawn>>()
afterEveryTest(async () => {
  for (const terminal of terminals) terminal.kill('SIGKILL')
  terminals.clear()
})

/** Runs a line of shell on a terminal; `until` resolves when what came since the last call holds a text. */
export function onTerminal(home: Home, line: string) {
  const env = { PATH: process.env.PATH ?? '', HOME: home.path, LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' }
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: home.path, env })
  terminals.add(child)
  let seen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
    child.emit('seen')
  })
  const until = async (text: string | RegExp) => {
    while (seen.search(text) < 0) await once(child, 'seen')
    const all = seen
    seen = ''
    return all
  }
  return { until, press: (keys: string) => child.stdin.write(keys), ended: once(child, 'close') }
}
