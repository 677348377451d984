/** Adds the commands that listen for connections: `burn mock` and `burn relay`. */
import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { parseCount } from '../../text/units.ts'
import type { CommandOutcome } from '../output/outcome.ts'
import type { RelayFlags } from './entries.ts'

/** Adds the command `burn mock`, with its flags, to the command line of burn. */
export function addMock(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('mock')
    .summary('start the embedded mock target on loopback')
    .description(
      'Start the demo target on loopback: chat APIs over HTTP, SSE, WebSocket and gRPC, and an MQTT broker (3.1.1 and 5, also over WebSocket), all on one port, with settable delays and faults. It prints the address of each.\nStop it with Ctrl-C.',
    )
    .option('--port <n>', 'port to listen on', integer('--port', 0, 65_535), 4010)
    .option('--set <key=value...>', 'a setting, such as firstTokenMs=200 or errorRate=0.05')
    .option('--seed <n>', 'seed of texts, faults and jitter', integer('--seed', 0, 0xffff_ffff))
    .option('--list', 'list all settings')
  command.action(async (options: { port: number; set?: string[]; seed?: number; list?: boolean }) => {
    const { mockCommand } = await import('./mock.ts')
    outcome.code = await mockCommand(options)
  })
}

/** Adds the command `burn relay`, with its flags, to the command line of burn. */
export function addRelay(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('relay')
    .summary('a TCP relay that makes faults of the bytes that pass')
    .description(
      'Listen on loopback and relay every connection to --to, with the faults of a bad network: what passes may be TLS, HTTP, WebSocket, gRPC, MQTT or anything else on TCP. Point a client at the address that it prints.\nStop it with Ctrl-C: it says what it did. Faults by flags, or as they are written in a scenario.',
    )
    .requiredOption('--to <host:port>', 'where connections go')
    .option('--listen <port>', 'port to listen on (default: a free one)')
    .option('--bind <address>', 'address to listen on; any but loopback lets other machines in', '127.0.0.1')
    .option('--faults <file>', 'a list of faults as in `faults` of a scenario, or a file with that key')
    .optionsGroup('Faults:')
    .option('--latency <time>', 'every byte later, such as 50ms')
    .option('--jitter <time>', 'with --latency: so much less to so much more')
    .option('--bandwidth <rate>', 'no faster, such as 100KiB/s')
    .option('--slice <bytes>', 'in pieces of at most so many bytes')
    .option('--gap <time>', 'with --slice: the pause between pieces')
    .option('--slow-close <time>', 'the end of a connection later')
    .option('--black-hole', 'nothing arrives any more')
    .option('--reset-after <size>', 'a reset after so many bytes in one direction, such as 10KiB')
    .option('--refuse', 'no connection comes about')
    .optionsGroup('Which bytes:')
    .addOption(new Option('--direction <way>', 'to the target, to the client, or both (default)').choices(['up', 'down', 'both']))
    .option('--probability <percentage>', 'share of the connections, such as 5% (default: 100%)')
    .option('--from <time>', 'since the start of the relay (default: 0s)')
    .option('--until <time>', 'since the start of the relay (default: never)')
    .option('--seed <seed>', 'what is drawn depends on it and the number of the connection (default: drawn)')
    .optionsGroup('Output:')
    .option('--json', 'JSON lines: that it listens, and at the end what it did')
  command.action(async (flags: RelayFlags) => {
    const { relayCommand } = await import('./relay.ts')
    outcome.code = await relayCommand(flags)
  })
}

/** Returns a parser for the value of a flag that must be a whole number from `min` to `max`. The parser throws for any other text. */
function integer(flag: string, min: number, max: number) {
  return (text: string): number => {
    const value = parseCount(text, min, max)
    if (value !== undefined) return value
    throw new UsageError(`${flag} ${text}: expected a whole number from ${min} to ${max}`)
  }
}
