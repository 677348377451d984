/** Starts the target of the selftest in a process of its own, so that it does not share an event loop with the load. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { LocalError } from '../../errors.ts'
import type { MockRequest } from '../../mock/server.ts'

/**
 * The settings of the replies that a selftest's target sends: the wait before the first token and the gap between tokens, both in ms, and the number
 * of tokens.
 */
export const REPLY = { firstTokenMs: 20, gapMs: 10, tokens: 5 } as const

/** The target of a selftest: a mock server in a process of its own, which logs the requests that it gets. */
export interface SelftestTarget {
  /** Host and port, such as `127.0.0.1:4010`. */
  readonly host: string
  /** Empties the log of requests. */
  reset(): Promise<void>
  /** Resolves with the latest requests in the log, at most 1,000. Times are in ms on the clock of the target's process. */
  log(): Promise<MockRequest[]>
  close(): Promise<void>
}

/**
 * Starts the target of a selftest in a process of its own, which ends when this process does. `program` is the path of burn's program file.
 * @throws LocalError when it does not start
 */
export async function startTarget(program = process.argv[1] ?? ''): Promise<SelftestTarget> {
  const settings = Object.entries(REPLY).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const child = fork(program, ['mock', '--port', '0', ...settings], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  const url = await firstLine(child)
  return {
    host: new URL(url).host,
    reset: async () => void (await asked(`${url}/__mock/reset`, 'POST')),
    log: async () => (await (await asked(`${url}/__mock/log`, 'GET')).json()) as MockRequest[], // the mock's own words
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

async function asked(url: string, method: string): Promise<Response> {
  try {
    return await fetch(url, { method })
  } catch (error) {
    throw new LocalError(
      'the target of the selftest has ended',
      'did the system end it for want of memory? `burn mock` shows more',
      {
        cause: error,
      },
    )
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const ended = once(child, 'exit').then(() => {
    throw new LocalError('the target of the selftest did not start', '`burn mock` shows why')
  })
  const [url] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  lines.close()
  child.stdout?.resume()
  return url
}
