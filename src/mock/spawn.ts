/** Starts a mock in its own worker thread. */
import { Worker } from 'node:worker_threads'
import { LocalError, UsageError } from '../errors.ts'
import type { MockAnswer, MockFailure, MockMethod, MockStart, MockWorkerData, ToMock } from './messages.ts'
import type { MockOverrides } from './persona/settings.ts'
import type { Mock } from './server.ts'

/** A mock server that runs in a worker thread. It has the same functions as `Mock`, but each returns a promise. */
export type MockWorker = Awaited<ReturnType<typeof startMockWorker>>

/**
 * Starts a mock server in a worker thread, and resolves when it listens (on 127.0.0.1).
 * @throws UsageError for invalid settings; LocalError when it cannot listen, such as on a port in use
 */
export async function startMockWorker(settings: MockOverrides = {}, { port = 0 }: { port?: number } = {}) {
  const workerData: MockWorkerData = { settings, port }
  const worker = new Worker(entry(), { workerData, execArgv: [] })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const ready = await started(worker)
  const ask = asker(worker)
  const call =
    <M extends MockMethod>(method: M) =>
    (...args: Parameters<Mock[M]>) =>
      ask(method, args) as Promise<ReturnType<Mock[M]>> // the thread calls this very function
  return {
    url: ready.url,
    port: ready.port,
    stats: call('stats'),
    log: call('log'),
    update: call('update'),
    reset: call('reset'),
    async close() {
      worker.postMessage('close' satisfies ToMock)
      await exited
    },
  }
}

/** Returns the file that the worker thread runs: a bundle in the built program, worker.ts when burn runs from its sources. */
function entry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './mock-worker.cjs', import.meta.url)
}

function started(worker: Worker): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    const exited = (): void => reject(new Error('the mock thread ended before it was ready'))
    worker.once('error', reject)
    worker.once('exit', exited)
    worker.once('message', (message: MockStart) => {
      worker.off('error', reject)
      worker.off('exit', exited)
      if ('url' in message) resolve(message)
      else reject(startError(message))
    })
  })
}

function startError({ kind, message, hint }: MockFailure): Error {
  if (kind === 'usage') return new UsageError(message, hint)
  return kind === 'local' ? new LocalError(message, hint) : new Error(message)
}

/**
 * Returns a function that calls a function of the mock in the worker and resolves with its result. It rejects with UsageError when that function
 * throws, and all open calls reject when the thread ends.
 */
function asker(worker: Worker): (method: MockMethod, args: readonly unknown[]) => Promise<unknown> {
  const open = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let next = 0
  worker.on('message', (answer: MockAnswer) => {
    const asked = open.get(answer.id)
    open.delete(answer.id)
    if ('refused' in answer) asked?.reject(new UsageError(answer.refused))
    else asked?.resolve(answer.result)
  })
  let lost: Error | undefined
  const lose = (error: Error): void => {
    lost ??= error
    for (const { reject } of open.values()) reject(lost)
    open.clear()
  }
  worker.on('error', lose)
  worker.on('exit', () => lose(new Error('the mock thread has ended')))
  return (method, args) =>
    new Promise((resolve, reject) => {
      if (lost) return reject(lost)
      next += 1
      open.set(next, { resolve, reject })
      worker.postMessage({ id: next, method, args } satisfies ToMock)
    })
}
