/** Starts a mock in its own worker thread. */
import { Worker } from 'node:worker_threads'
import { LocalError, UsageError } from '../errors.ts'
import type { FromMock, MockWorkerData, ToMock } from './messages.ts'
import type { MockOverrides } from './persona/settings.ts'

/** A mock server that runs in a worker thread. It has the functions of `Mock`, all of which return promises here. */
export type MockWorker = Awaited<ReturnType<typeof startMockWorker>>

type MockAnswer = Extract<FromMock, { id: number }>
type MockQuestion = Exclude<ToMock, { type: 'close' }>
/** A question to the worker without its id. */
type Unnumbered = MockQuestion extends infer Q ? (Q extends MockQuestion ? Omit<Q, 'id'> : never) : never

/** Starts a mock server in a worker thread, and resolves when it listens. @throws UsageError and LocalError, as `startMock` does */
export async function startMockWorker(settings: MockOverrides = {}, { port = 0 }: { port?: number } = {}) {
  const workerData: MockWorkerData = { settings, port }
  const worker = new Worker(entry(), { workerData, execArgv: [] })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const ready = await started(worker)
  const ask = asker(worker)
  return {
    url: ready.url,
    port: ready.port,
    stats: async () => expectAnswer(await ask({ type: 'stats' }), 'stats').stats,
    log: async (last?: number) => expectAnswer(await ask({ type: 'log', last }), 'log').log,
    update: async (changes: MockOverrides) => void expectAnswer(await ask({ type: 'update', settings: changes }), 'done'),
    reset: async () => void expectAnswer(await ask({ type: 'reset' }), 'done'),
    async close() {
      worker.postMessage({ type: 'close' } satisfies ToMock)
      await exited
    },
  }
}

/** The worker's entry file: a bundle of its own in the built program, worker.ts when run from sources. */
function entry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './mock-worker.cjs', import.meta.url)
}

function started(worker: Worker): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    const exited = (): void => reject(new Error('the mock thread ended before it was ready'))
    worker.once('error', reject)
    worker.once('exit', exited)
    worker.once('message', (message: FromMock) => {
      worker.off('error', reject)
      worker.off('exit', exited)
      if (message.type === 'ready') resolve(message)
      else reject(message.type === 'failed' ? startError(message) : new Error(`unexpected ${message.type} from the mock thread`))
    })
  })
}

function startError({ kind, message, hint }: Extract<FromMock, { type: 'failed' }>): Error {
  if (kind === 'usage') return new UsageError(message, hint)
  return kind === 'local' ? new LocalError(message, hint) : new Error(message)
}

/** A function that sends a question to the worker and resolves with its answer; all open questions reject when the thread ends. */
function asker(worker: Worker): (question: Unnumbered) => Promise<MockAnswer> {
  const open = new Map<number, { resolve: (answer: MockAnswer) => void; reject: (error: Error) => void }>()
  let next = 0
  worker.on('message', (message: MockAnswer) => {
    open.get(message.id)?.resolve(message)
    open.delete(message.id)
  })
  let lost: Error | undefined
  const lose = (error: Error): void => {
    lost ??= error
    for (const { reject } of open.values()) reject(lost)
    open.clear()
  }
  worker.on('error', lose)
  worker.on('exit', () => lose(new Error('the mock thread has ended')))
  return (question) =>
    new Promise((resolve, reject) => {
      if (lost) return reject(lost)
      next += 1
      open.set(next, { resolve, reject })
      worker.postMessage({ ...question, id: next } satisfies ToMock)
    })
}

function expectAnswer<T extends MockAnswer['type']>(answer: MockAnswer, type: T): Extract<MockAnswer, { type: T }> {
  if (answer.type === 'refused') throw new UsageError(answer.message)
  if (answer.type !== type) throw new Error(`the mock thread answered ${answer.type} to ${type}`)
  // The cast is safe: the line above has checked the type, which the compiler cannot derive.
  return answer as Extract<MockAnswer, { type: T }>
}
