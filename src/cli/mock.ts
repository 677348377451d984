/** `burn mock`: the embedded target in the foreground, until a signal. */
import { EXIT, LocalError, UsageError } from '../errors.ts'
import { mockSettings, resolveSettings } from '../mock/persona/settings.ts'
import { startMock } from '../mock/server.ts'

/** Where addresses begin, in columns. */
const ADDRESS_COLUMN = 11

/** Serves until SIGINT or SIGTERM. @throws UsageError for a bad setting, LocalError when the port is taken */
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
  process.stderr.write(addresses(mock.url))
  process.stderr.write('serving until Ctrl-C; what it saw is at /__mock/stats and /__mock/log\n')
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await mock.close()
  return EXIT.ok
}

/** One port speaks all protocols. The first address is on stdout as well, alone, for scripts. */
function addresses(url: string): string {
  const { host } = new URL(url)
  const rows = [
    ['HTTP, SSE', `http://${host}`, 'each chat API at its usual path, /chat, /sse'],
    ['WebSocket', `ws://${host}/ws/chat`, 'an echo at /ws'],
    ['gRPC', `grpc://${host}/burn.chat.v1.ChatService/SendMessage`, 'with server reflection'],
    ['MQTT', `mqtt://${host}/chat/in`, '3.1.1 and 5; replies on chat/out/<client id>'],
    ['', `ws://${host}/mqtt`, 'the same over WebSocket'],
  ] as const
  return rows.map(([name, address, note]) => `${name.padEnd(ADDRESS_COLUMN)}${address}  (${note})\n`).join('')
}

function parseSettings(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new UsageError(`--set ${pair}: expected key=value`, 'such as --set firstTokenMs=200; `burn mock --list` shows all')
      return [pair.slice(0, at), readValue(pair.slice(at + 1))]
    }),
  )
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function settingsTable(): string {
  const rows = Object.entries(mockSettings.shape).map(([name, field]) => `  ${name.padEnd(24)} ${field.description ?? ''}`)
  return `Settings for --set key=value:\n${rows.join('\n')}\n`
}
