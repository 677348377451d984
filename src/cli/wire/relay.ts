import { randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import { EXIT, LocalError, UsageError } from '../../errors.ts'
import type { WireSpec } from '../../faults/index.ts'
import { Relay } from '../../faults/relay/relay.ts'
import { hostOf } from '../../text/host.ts'
import { note } from '../output/notes.ts'
import { faultsOfFile, faultsOfFlags, type RelayFlags } from './entries.ts'
import { countLines, faultWords } from './words.ts'

/**
 * Runs `burn relay`, a TCP relay that injects faults into what passes, until a signal ends it; returns the exit code. @throws UsageError for
 * wrong flags, ScenarioError for a wrong file of faults, LocalError for an address that cannot be listened on
 */
export async function relayCommand(flags: RelayFlags): Promise<number> {
  const to = placeOf(flags.to)
  const ofFile = flags.faults === undefined ? { faults: [], left: [] } : faultsOfFile(flags.faults)
  const faults = [...ofFile.faults, ...faultsOfFlags(flags)]
  const seed = flags.seed ?? String(randomInt(2 ** 32))
  const relay = await listening({ host: flags.bind, port: portOf(flags.listen), to, faults, seed })
  relay.start()
  const address = place(flags.bind, relay.port)
  if (flags.json) line({ event: 'listening', address, to: flags.to, seed, faults: faults.map(jsonOf) })
  else process.stdout.write(`${address}\n`)
  if (ofFile.left.length > 0)
    note(`left out of ${flags.faults}: ${ofFile.left.join(', ')}; only \`burn run\` makes them, a relay sees bytes alone`)
  explain(faults, `relaying ${address} to ${flags.to}`, seed)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  const { kinds: _, ...counts } = relay.counts()
  await relay.close()
  if (flags.json)
    line({ event: 'stopped', ...counts, faults: faults.map((fault, index) => ({ ...jsonOf(fault), ...counts.faults[index] })) })
  else process.stdout.write(`${countLines(counts, faults).join('\n')}\n`)
  return EXIT.ok
}

function explain(faults: readonly WireSpec[], what: string, seed: string): void {
  note(`${what}; seed ${seed}`)
  if (faults.length === 0) note('no faults are asked for: it only counts')
  for (const fault of faults) {
    const { target } = fault
    note(
      `  ${faultWords(fault)}${target === undefined ? '' : ` (of target ${target} in the scenario; here of every connection)`}`,
    )
  }
  note('until Ctrl-C')
}

/** Returns a fault as data for JSON, which has no Infinity: a fault without an end has no `untilMs`. */
function jsonOf({ kind, settings, probability, direction, fromMs, untilMs }: WireSpec): object {
  const until = Number.isFinite(untilMs) ? { untilMs } : {}
  return { kind, ...settings, probability, direction, fromMs, ...until }
}

function line(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

async function listening(options: Parameters<typeof Relay.listen>[0]): Promise<Relay> {
  try {
    return await Relay.listen(options)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const address = place(options.host, options.port)
    if (code === 'EADDRINUSE')
      throw new LocalError(`port ${options.port} is in use`, 'choose another with --listen, or 0 for a free one', {
        cause: error,
      })
    throw new LocalError(`cannot listen on ${address}: ${message}`, 'choose an address of this machine with --bind', {
      cause: error,
    })
  }
}

function placeOf(text: string): { host: string; port: number } {
  const url = URL.parse(`tcp://${text}`)
  if (!url || url.hostname === '' || !Number(url.port) || url.pathname !== '' || url.username !== '')
    throw new UsageError(`--to ${text}: expected a host and a port`, 'such as --to 127.0.0.1:8080 or --to [::1]:8080')
  return { host: hostOf(url), port: Number(url.port) }
}

function portOf(text = '0'): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new UsageError(`--listen ${text}: expected a whole number from 0 to 65535`)
}

const place = (host: string, port: number): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
