/** The entry of the worker thread that runs a mock, so that it does not share an event loop with the load. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { LocalError, UsageError } from '../errors.ts'
import type { FromMock, MockWorkerData, ToMock } from './messages.ts'
import { type Mock, startMock } from './server.ts'

if (parentPort) void run(parentPort, workerData)

async function run(port: MessagePort, { settings, port: listenPort }: MockWorkerData): Promise<void> {
  const post = (message: FromMock): void => port.postMessage(message)
  try {
    const mock = await startMock(settings, { port: listenPort })
    port.on('message', (message: ToMock) => obey(mock, port, message))
    post({ type: 'ready', url: mock.url, port: mock.port })
  } catch (error) {
    post(failure(error))
    port.close()
  }
}

function obey(mock: Mock, port: MessagePort, message: ToMock): void {
  if (message.type === 'close') void mock.close().then(() => port.close())
  else port.postMessage(reply(mock, message))
}

function reply(mock: Mock, message: Exclude<ToMock, { type: 'close' }>): FromMock {
  const { id } = message
  try {
    if (message.type === 'stats') return { type: 'stats', id, stats: mock.stats() }
    if (message.type === 'log') return { type: 'log', id, log: mock.log(message.last) }
    if (message.type === 'update') mock.update(message.settings)
    else mock.reset()
    return { type: 'done', id }
  } catch (error) {
    return { type: 'refused', id, message: error instanceof Error ? error.message : String(error) }
  }
}

/** The message for a failed start: errors lose their class between threads, so their kind is sent by name. */
function failure(error: unknown): FromMock {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) return { type: 'failed', kind: 'usage', message, hint: error.hint }
  if (error instanceof LocalError) return { type: 'failed', kind: 'local', message, hint: error.hint }
  return { type: 'failed', kind: 'bug', message, hint: undefined }
}
