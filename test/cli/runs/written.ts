/** Stored runs that no run has made. */
import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { processStart } from '../../../src/store/files/lock.ts'
import { fine } from '../../report/results.ts'
import { closeAfter, type Home } from '../harness.ts'

export const DAY_MS = 24 * 60 * 60 * 1000

/** Writes the result of a run that ended so many days ago; returns its folder. */
export function write(home: Home, name: string, daysAgo: number): string {
  const folder = `burn-results/${name}`
  home.write(`${folder}/result.json`, { ...fine, scenarioName: name, startTime: Date.now() - daysAgo * DAY_MS })
  return folder
}

/** A process of somebody else, alive until the test is over. */
export function stranger(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  closeAfter({
    close() {
      child.kill('SIGKILL')
      return ended
    },
  })
  return child.pid ?? 0
}

export const lockOf = (pid: number, start = processStart(pid)) => ({
  runId: 'abcdef',
  pid,
  host: hostname(),
  processStart: start,
})
