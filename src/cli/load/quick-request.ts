/** The step of `--data` and `--method`, in the words of each protocol. */
import { readFileSync } from 'node:fs'
import { readFault, UsageError } from '../../errors.ts'
import type { RunFlags } from './run-flags.ts'

type Raw = Readonly<Record<string, unknown>>
type RequestFlags = Pick<RunFlags, 'data' | 'method' | 'header' | 'message'>

/** Flags that describe a request are for runs without a file. @throws UsageError when there is a file */
export function checkNoRequestFlags({ data, method }: RequestFlags, file: string): void {
  const flag = data !== undefined ? '--data' : method !== undefined ? '--method' : undefined
  if (flag === undefined) return
  throw new UsageError(
    `${flag} is for runs without a file, and ${file} has steps of its own`,
    'write request: { method, path, body } as a step of the file',
  )
}

/** The step that the flags describe; undefined when neither is given. @throws UsageError */
export function quickRequest(flags: RequestFlags, protocol: string): Raw | undefined {
  const { data, method, message } = flags
  if (data === undefined && method === undefined) return undefined
  if (message !== undefined)
    throw new UsageError('--message is a chat message, --data and --method make a plain request', 'give one or the other')
  if (protocol === 'http' || protocol === 'sse') return { request: httpRequest(flags) }
  if (method !== undefined) throw new UsageError(`--method ${method}: ${protocol} has no methods like those of HTTP`)
  return { request: otherRequest(dataOf(data ?? ''), protocol) }
}

function httpRequest({ data, method, header = [] }: RequestFlags): Raw {
  if (data === undefined) return { method }
  const body = dataOf(data)
  const typed = header.some((line) => /^\s*content-type\s*:/i.test(line))
  return {
    ...(method === undefined ? {} : { method }),
    body,
    ...(typed ? {} : { headers: { 'content-type': jsonIn(body) === undefined ? FORM : 'application/json' } }),
  }
}

/** What curl takes any data for. */
const FORM = 'application/x-www-form-urlencoded'

function otherRequest(body: string, protocol: string): Raw {
  if (protocol === 'websocket') return { text: body }
  if (protocol === 'mqtt') return { publish: { payload: { text: body } } }
  if (protocol !== 'grpc') throw new UsageError(`--data: burn cannot tell where ${protocol} carries it`, 'write a scenario file')
  const message = jsonIn(body)
  if (message === undefined) throw new UsageError('--data: a gRPC message is written as JSON', `such as --data '{ "name": "a" }'`)
  return { message: message.value }
}

function jsonIn(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** The text itself, or that of a file; `@-` is standard input. @throws UsageError when it cannot be read */
function dataOf(data: string): string {
  if (!data.startsWith('@')) return data
  const file = data.slice(1)
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    const hint = 'a text that begins with @ is the name of a file'
    throw new UsageError(`--data @${file}: ${readFault(error)}`, hint, { cause: error })
  }
}
