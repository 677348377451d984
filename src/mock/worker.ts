/** The entry file of the worker thread that runs a mock, so that the mock does not share an event loop with the load. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { LocalError, UsageError } from '../errors.ts'
import type { MockAnswer, MockFailure, MockStart, MockWorkerData, ToMock } from './messages.ts'
import { type Mock, startMock } from './server.ts'

if (parentPort) void run(parentPort, workerData)

async function run(port: MessagePort, { settings, port: listenPort }: MockWorkerData): Promise<void> {
  const post = (message: MockStart): void => port.postMessage(message)
  try {
    const mock = await startMock(settings, { port: listenPort })
    port.on('message', (message: ToMock) => {
      if (message === 'close') void mock.close().then(() => port.close())
      else port.postMessage(answer(mock, message))
    })
    post({ url: mock.url, port: mock.port })
  } catch (error) {
    post(failure(error))
    port.close()
  }
}

function answer(mock: Mock, { id, method, args }: Exclude<ToMock, 'close'>): MockAnswer {
  try {
    return { id, result: Reflect.apply(mock[method], mock, args) }
  } catch (error) {
    return { id, refused: error instanceof Error ? error.message : String(error) }
  }
}

function failure(error: unknown): MockFailure {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) return { kind: 'usage', message, hint: error.hint }
  if (error instanceof LocalError) return { kind: 'local', message, hint: error.hint }
  return { kind: 'bug', message, hint: undefined }
}
