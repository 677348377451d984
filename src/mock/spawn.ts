/** Starts a mock in a worker thread of its own. */
import { Worker } from 'node:worker_threads'
import { LocalError, UsageError } from '../errors.ts'
import type { FromMock, MockWorkerData, ToMock } from './messages.ts'
import type { MockOverrides } from './persona/settings.ts'
import type { MockRequest, MockStats } from './server.ts'

/** A mock in another thread. */
export interface MockWorker {
  /** Such as `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string
  readonly port: number
  stats(): Promise<MockStats>
  /** The last requests, oldest first; at most 1000. */
  log(last?: number): Promise<MockRequest[]>
  /** Changes settings of requests to come. Rejects with UsageError when one is wrong. */
  update(settings: MockOverrides): Promise<void>
  /** Counts, log, conversations and request numbers begin again. */
  reset(): Promise<void>
  /** Cuts all connections and ends the thread. */
  close(): Promise<void>
}

type Answer = Extract<FromMock, { id: number }>
type Question = Exclude<ToMock, { type: 'close' }>
/** A question before it gets its id. */
type Unnumbered = Question extends infer Q ? (Q extends Question ? Omit<Q, 'id'> : never) : never

/** Starts the thread and waits until its mock listens. Throws what `startMock` throws. */
export async function startMockWorker(settings: MockOverrides = {}, { port = 0 }: { port?: number } = {}): Promise<MockWorker> {
  const workerData: MockWorkerData = { settings, port }
  const worker = new Worker(entry(), { workerData, execArgv: [] })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const ready = await started(worker)
  const ask = asker(worker)
  return {
    url: ready.url,
    port: ready.port,
    stats: async () => expectAnswer(await ask({ type: 'stats' }), 'stats').stats,
    log: async (last) => expectAnswer(await ask({ type: 'log', last }), 'log').log,
    update: async (changes) => void expectAnswer(await ask({ type: 'update', settings: changes }), 'done'),
    reset: async () => void expectAnswer(await ask({ type: 'reset' }), 'done'),
    async close() {
      worker.postMessage({ type: 'close' } satisfies ToMock)
      await exited
    },
  }
}

/** In the built program the entry lies beside the other bundles; from sources Node strips the types of this room's own. */
function entry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './mock-worker.js', import.meta.url)
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

/** Sends questions and hands each answer to whoever asked; all open ones fail when the thread ends. */
function asker(worker: Worker): (question: Unnumbered) => Promise<Answer> {
  const open = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  let next = 0
  worker.on('message', (message: Answer) => {
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

function expectAnswer<T extends Answer['type']>(answer: Answer, type: T): Extract<Answer, { type: T }> {
  if (answer.type === 'refused') throw new UsageError(answer.message)
  if (answer.type !== type) throw new Error(`the mock thread answered ${answer.type} to ${type}`)
  // Narrowing by a generic tag is beyond the compiler; the line above has checked it.
  return answer as Extract<Answer, { type: T }>
}
