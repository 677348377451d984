import * as z from 'zod'
import { EXIT, LocalError, UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { mockSettings, resolveSettings } from '../../mock/persona/settings.ts'
import { startMock } from '../../mock/server.ts'
import { jsonOrText } from '../../text/json.ts'
import { note } from '../output/notes.ts'

/** The column at which addresses begin in the list that `burn mock` prints. */
const ADDRESS_COLUMN = 12

/**
 * Runs `burn mock`, a mock server, until a signal ends it; with `list`, prints the server's settings instead. Returns the exit code.
 * @throws UsageError for an invalid setting, LocalError for a port in use
 */
export async function mockCommand(options: { port: number; set?: string[]; seed?: number; list?: boolean }): Promise<number> {
  if (options.list) {
    process.stdout.write(settingsTable())
    return EXIT.ok
  }
  const settings = resolveSettings({
    ...parseSettings(options.set ?? []),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  const mock = await startMock(settings, { port: options.port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new LocalError(`port ${options.port} is in use`, 'choose another with --port, or 0 for a free one', { cause: error })
  })
  process.stdout.write(`${mock.url}\n`)
  for (const line of addresses(mock.url)) note(line)
  note('serving until Ctrl-C; what it saw is at /__mock/stats and /__mock/log')
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    // When another program has started this process as its child, the mock ends with that program.
    process.once('disconnect', resolve)
  })
  await mock.close()
  return EXIT.ok
}

/** Returns the lines that list the mock's addresses. One port serves all protocols. */
function addresses(url: string): string[] {
  const { host } = new URL(url)
  const rows = [
    ['HTTP, SSE', `http://${host}`, 'each chat API at its usual path, /chat, /sse'],
    ['SSE stream', `http://${host}/sse/say`, 'POST {user, id, message}; answered on the stream /sse/events?user=…'],
    ['WebSocket', `ws://${host}/ws/chat`, 'an echo at /ws'],
    ['gRPC', `grpc://${host}/burn.chat.v1.ChatService/SendMessage`, 'with server reflection'],
    ['MQTT', `mqtt://${host}/chat/in`, '3.1.1 and 5; replies on chat/out/<client id>'],
    ['', `ws://${host}/mqtt`, 'the same over WebSocket'],
  ] as const
  return rows.map(([name, address, about]) => `${name.padEnd(ADDRESS_COLUMN)}${address}  (${about})`)
}

function parseSettings(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new UsageError(`--set ${pair}: expected key=value`, 'such as --set firstTokenMs=200; `burn mock --list` shows all')
      const [key, text] = [pair.slice(0, at), pair.slice(at + 1)]
      const value = jsonOrText(text)
      checkSetting(key, value, pair)
      return [key, value]
    }),
  )
}

/** Checks one setting by itself, so that the message is about this setting only. @throws UsageError */
function checkSetting(key: string, value: unknown, pair: string): void {
  const fields: Readonly<Record<string, z.ZodType>> = mockSettings.shape
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined
  const near = nearest(key, Object.keys(fields))
  if (field === undefined)
    throw new UsageError(
      `--set ${pair}: there is no setting "${key}"`,
      near === undefined ? '`burn mock --list` shows all' : `did you mean ${near}?`,
    )
  if (field.safeParse(value).success) return
  const { description, ...type } = z.toJSONSchema(field, { io: 'input' })
  throw new UsageError(`--set ${pair}: not a value of ${key}`, `default and range: ${rangeOf(type)}; ${description ?? ''}`)
}

function settingsTable(): string {
  const rows = Object.entries(mockSettings.shape).map(([name, field]) => {
    const { description, ...type } = z.toJSONSchema(field, { io: 'input' })
    return `  ${name.padEnd(24)} ${rangeOf(type).padEnd(24)} ${description ?? ''}`
  })
  return `Settings for --set key=value:\n  ${'key'.padEnd(24)} ${'default, and what it may be'.padEnd(24)}\n${rows.join('\n')}\n`
}

/** Describes the default and the range of a setting, such as `40 (0 to 3600000)`. */
function rangeOf({ default: usual, minimum, maximum, enum: names, type, properties }: z.core.JSONSchema.BaseSchema): string {
  const range =
    names?.join(', ') ??
    (properties ? `{ ${Object.keys(properties).join(', ')} }` : type === 'boolean' ? 'true, false' : `${minimum} to ${maximum}`)
  return `${usual === undefined ? 'unset' : JSON.stringify(usual)} (${range})`
}
