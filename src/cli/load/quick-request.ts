import { readFileSync } from 'node:fs'
import { connectorNamed, DEFAULT_PROTOCOL, protocolOfAddress } from '../../connectors/index.ts'
import { readErrorText, UsageError } from '../../errors.ts'
import type { JsonDraft, JsonObject } from '../../text/json.ts'
import type { RunFlags } from './run-flags.ts'

type QuickRequestFlags = Pick<RunFlags, 'data' | 'method' | 'header' | 'message'>

/** Rejects `--data` and `--method` when a scenario file is given, because they describe the request of a run without a file. @throws UsageError */
export function checkNoRequestFlags({ data, method }: QuickRequestFlags, file: string): void {
  const flag = data !== undefined ? '--data' : method !== undefined ? '--method' : undefined
  if (flag === undefined) return
  throw new UsageError(
    `${flag} is for runs without a file, and ${file} has steps of its own`,
    'write request: { method, path, body } as a step of the file',
  )
}

/** Returns the request step that `--data` and `--method` describe; undefined when neither is given. @throws UsageError */
function quickRequest(flags: QuickRequestFlags, protocol: string): JsonObject | undefined {
  const { data, message, header = [] } = flags
  const method = flags.method?.toUpperCase()
  if (data === undefined && method === undefined) return undefined
  if (message !== undefined)
    throw new UsageError('--message is a chat message, --data and --method make a plain request', 'give one or the other')
  const connector = connectorNamed(protocol)
  if (method !== undefined && !connector?.methods)
    throw new UsageError(`--method ${method}: ${protocol} has no methods like those of HTTP`)
  const typed = header.some((line) => /^\s*content-type\s*:/i.test(line))
  const request = connector?.requestOf?.({ method, typed, data: data === undefined ? undefined : dataOf(data) })
  if (request === undefined)
    throw new UsageError(`--data: burn cannot tell where ${protocol} carries it`, 'write a scenario file')
  return { request }
}

/**
 * Returns the body that `--data` gives: the text itself, the content of a file (`@file`), or standard input (`@-`). @throws UsageError when it cannot
 * be read
 */
function dataOf(data: string): string {
  if (!data.startsWith('@')) return data
  const file = data.slice(1)
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    const hint = 'a text that begins with @ is the name of a file'
    throw new UsageError(`--data @${file}: ${readErrorText(error)}`, hint, { cause: error })
  }
}

/**
 * The load of a run without a scenario when the user chose none: one user, one iteration per second, for one minute, so that no target is flooded by
 * accident.
 */
const LOAD = [{ users: 1, pace: '1/s', for: '60s' }]

/**
 * Returns the scenario of a run without a scenario file, made from the flags for target and request; flags such as `--rate` change it later as they
 * change any scenario.
 * @throws UsageError without an address or a preset
 */
export function quickRun(flags: RunFlags): JsonDraft {
  const { endpoint, preset, message } = flags
  const usual = preset === undefined && endpoint === undefined ? connectorNamed(flags.protocol ?? '')?.sample?.url : undefined
  if (endpoint === undefined && preset === undefined && usual === undefined) {
    throw new UsageError(
      'nothing to run: name a scenario file, or an address with -e',
      '`burn generate smoke` writes a scenario; `burn run mock: -m Hello -n 3` needs none',
    )
  }
  const protocol = flags.protocol ?? protocolOfAddress(endpoint ?? '') ?? DEFAULT_PROTOCOL
  const chat = message !== undefined || preset !== undefined || endpoint === 'mock:'
  const sample = connectorNamed(protocol)?.sample
  const target = usual === undefined ? sample?.target?.(endpoint ?? '') : { url: usual }
  const step = quickRequest(flags, protocol) ?? (chat ? undefined : sample?.step) ?? { message: 'Hello' }
  return { name: 'quick run', target: target ?? {}, load: LOAD, steps: [step] }
}
