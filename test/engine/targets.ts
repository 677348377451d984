/** Targets for the tests of the runner: mocks in a thread or a process of their own, so that they can be late or frozen without us. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { now } from '../../src/clock.ts'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import { type Mock, startMock } from '../../src/mock/server.ts'
import { type MockWorker, startMockWorker } from '../../src/mock/spawn.ts'
import { type FaultServer, faultServer } from '../servers/http-faults.ts'

/** A mock in a thread; ends with the test. */
export async function threadMock(settings: MockOverrides): Promise<MockWorker> {
  const mock = await startMockWorker(settings)
  onTestFinished(() => mock.close())
  return mock
}

/** A mock in this thread, whose log can be read at once; ends with the test. */
export async function localMock(settings: MockOverrides): Promise<Mock> {
  const mock = await startMock(settings)
  onTestFinished(() => mock.close())
  return mock
}

/** A server with faults by path; ends with the test. */
export async function faulty(...options: Parameters<typeof faultServer>): Promise<FaultServer> {
  const server = await faultServer(...options)
  onTestFinished(() => server.stop())
  return server
}

/** A mock in a process. */
export interface ProcessMock {
  readonly url: string
  /** Stops the process for a while; resolves with how long it stood still, in ms. */
  freeze(forMs: number): Promise<number>
}

/** Starts a mock in a process; it ends with the test, or with this process. */
export async function processMock(settings: MockOverrides): Promise<ProcessMock> {
  const script = join(import.meta.dirname, 'mock-process.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    url,
    freeze: (forMs) =>
      new Promise((resolve) => {
        const stoppedAt = now()
        child.kill('SIGSTOP')
        setTimeout(() => {
          child.kill('SIGCONT')
          resolve(now() - stoppedAt)
        }, forMs)
      }),
  }
}

/** A target block for OpenAI chat at a mock. */
export const chatAt = (mock: { readonly url: string }) => ({
  preset: 'openai-chat' as const,
  url: `${mock.url}/v1/chat/completions`,
})
/** Steps that ask for nothing but a sign of life, at little cost. */
export const HEALTH = [{ request: { method: 'GET', path: '/health' } }]
