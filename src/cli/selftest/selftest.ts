/** The command `burn selftest`: measures how much load burn can make on this machine, and how exact its figures are. */
import { loadavg } from 'node:os'
import { now } from '../../clock.ts'
import { EXIT, type ExitCode } from '../../errors.ts'
import { safeJson } from '../../text/escape.ts'
import { VERSION } from '../../version.ts'
import { note } from '../output/notes.ts'
import { PROTOCOLS } from './loads.ts'
import { ceilingOf, levelAt, type SelftestSetting } from './measure.ts'
import { type Selftest, selftestText } from './report.ts'
import { machineName, storeSelftest } from './store.ts'
import { REPLY, startTarget } from './target.ts'

/**
 * The settings of a selftest without `--quick`: the length of each measurement in s, the shares of the ceiling at which errors are measured, and the
 * time in ms after which no further measurement begins.
 */
const USUAL = { seconds: 2.5, shares: [0.1, 0.5, 0.9], budgetMs: 105_000 } as const
const QUICK = { seconds: 1, shares: [0.1, 0.9], budgetMs: 60_000 } as const

/** The flags of `burn selftest`. */
interface SelftestFlags {
  readonly quick?: boolean
  readonly json?: boolean
}

/**
 * Runs the command `burn selftest`: measures the highest load that burn can make on this machine over each protocol, and how exact its times are, with
 * a target that it starts itself. Stores the outcome and prints it. Resolves with the exit code.
 * @throws LocalError when this target does not start
 */
export async function selftestCommand({ quick, json }: SelftestFlags): Promise<number> {
  const patience = new AbortController()
  const [loadAverage = 0] = loadavg()
  const { seconds, shares, budgetMs } = quick ? QUICK : USUAL
  let ended: ExitCode = EXIT.sigint
  const interrupt = (signal: NodeJS.Signals) => {
    if (signal === 'SIGTERM') ended = EXIT.sigterm
    patience.abort()
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const target = await startTarget()
  const until = now() + budgetMs
  try {
    const measured = await measureAll({ target, signal: patience.signal, seconds }, shares, until)
    if (patience.signal.aborted) return ended
    const found: Selftest = {
      ...{ version: 1, burn: VERSION, node: process.version, machine: machineName(), measuredAt: Date.now() },
      ...{ seconds, reply: REPLY, loadAverage },
      ...measured,
    }
    process.stdout.write(json ? `${safeJson(found, 2)}\n` : selftestText(found))
    note(`stored in ${storeSelftest(found)}: \`burn plan\` and \`burn run\` warn of loads above 70 % of these ceilings`)
    return found.protocols.length === 0 ? EXIT.couldNotTest : EXIT.ok
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await target.close()
  }
}

/** Measures one protocol after the other until all are done, or no time is left. */
async function measureAll(
  setting: SelftestSetting,
  shares: readonly number[],
  until: number,
): Promise<Pick<Selftest, 'protocols' | 'leftOut'>> {
  const protocols: Selftest['protocols'] = []
  const leftOut: string[] = []
  for (const protocol of PROTOCOLS) {
    if (setting.signal.aborted) break
    if (now() >= until) leftOut.push(`${protocol}: the time was over`)
    else {
      note(`${protocol} …`)
      const measured = await measureOne(protocol, setting, { shares, until }, leftOut)
      if (measured) protocols.push(measured)
    }
  }
  return { protocols, leftOut }
}

async function measureOne(
  protocol: string,
  setting: SelftestSetting,
  { shares, until }: { readonly shares: readonly number[]; readonly until: number },
  leftOut: string[],
): Promise<Selftest['protocols'][number] | undefined> {
  const ceilingPerSecond = await ceilingOf(protocol, setting)
  if (ceilingPerSecond === 0) {
    leftOut.push(`${protocol}: no exchange succeeded`)
    return undefined
  }
  const levels = []
  for (const share of shares) {
    if (setting.signal.aborted) break
    if (now() < until) levels.push(await levelAt(protocol, share, ceilingPerSecond, setting))
    else leftOut.push(`${protocol} at ${share * 100} %: the time was over`)
  }
  return { protocol, ceilingPerSecond, levels }
}
