/** The command `burn ping`: makes one exchange per target and times every stage, to show whether the address and the reply's format are right. */

import type { Command } from 'commander'
import { EXIT } from '../errors.ts'
import { safeJson, terminalSafe } from '../text/escape.ts'
import type { LoadedScenario } from './load/load-scenario.ts'
import { loadNamedPlugins } from './load/plugin/of-scenarios.ts'
import { knownSecrets } from './output/known-secrets.ts'
import { note } from './output/notes.ts'
import { checkHealth, exchangeOnce } from './ping/exchange-once.ts'
import type { PingedExchange } from './ping/exchange-view.ts'
import { probeScenario } from './ping/probe.ts'
import { renderExchange } from './ping/render.ts'
import { loadSubject, type PingFlags, type Probe, probesOf, timeoutOf } from './ping/subject.ts'
import { targetLines } from './run/recorded/introduction.ts'

interface PingReport {
  readonly exchanges: PingedExchange[]
  readonly scenarioErrors: string[]
  /** One line for each health check of the scenario, and for the health that each target reports (gRPC). */
  readonly health: string[]
  /** True when every health check of the scenario succeeded. */
  isWell: boolean
}

/**
 * Runs `burn ping` on a scenario file, an address or a known API. Returns 0 if every health check and every reply succeeds, and each reply contains
 * the text that its step expects; 130 after Ctrl-C; else 3.
 * @throws UsageError, ScenarioError
 */
export async function pingCommand(subject: string | undefined, command: Command): Promise<number> {
  const flags = command.opts<PingFlags>()
  const timeoutMs = timeoutOf(flags)
  const report: PingReport = { exchanges: [], scenarioErrors: [], health: [], isWell: true }
  const patience = new AbortController()
  const onInterrupt = () => patience.abort()
  process.once('SIGINT', onInterrupt)
  const all = loadSubject(subject, flags, command)
  await loadNamedPlugins(all, flags)
  for (const loaded of all) {
    if (patience.signal.aborted) break
    for (const line of loaded.plan.targets.flatMap(targetLines)) note(knownSecrets.redact(line))
    const { lines, isWell } = await checkHealth(loaded.plan, { timeoutMs, signal: patience.signal })
    addHealth(lines, report, flags)
    if (!isWell) report.isWell = false
    for (const probe of probesOf(loaded.scenario, flags.all === true)) {
      if (patience.signal.aborted) break
      await pingOne(loaded, probe, { flags, timeoutMs, signal: patience.signal }, report)
    }
  }
  process.off('SIGINT', onInterrupt)
  if (flags.json) process.stdout.write(`${safeJson(report, 2)}\n`)
  if (patience.signal.aborted) return EXIT.sigint
  const good =
    report.isWell &&
    report.scenarioErrors.length === 0 &&
    report.exchanges.length > 0 &&
    report.exchanges.every(({ outcome, provesNothing }) => outcome === 'ok' && !provesNothing)
  return good ? EXIT.ok : EXIT.couldNotTest
}

/** Adds the lines about the targets' health to the report, and prints them unless output is JSON. */
function addHealth(lines: readonly string[], report: PingReport, { json }: PingFlags): void {
  const safe = lines.map((line) => knownSecrets.redact(line))
  report.health.push(...safe)
  if (!json) for (const line of safe) process.stdout.write(`health  ${terminalSafe(line)}\n`)
}

interface PingOptions {
  readonly flags: PingFlags
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

async function pingOne(loaded: LoadedScenario, probe: Probe, options: PingOptions, report: PingReport): Promise<void> {
  const { flags, timeoutMs, signal } = options
  const { target } = probe
  const scenario = probeScenario(loaded.scenario, { ...probe, message: flags.message?.[0], timeoutMs })
  const { exchanges, scenarioErrors, health } = await exchangeOnce(scenario, loaded, { target, signal })
  const errors = scenarioErrors.map((error) => knownSecrets.redact(error))
  if (exchanges.length === 0 && scenarioErrors.length === 0) errors.push(`${target ?? scenario.name}: the steps sent nothing`)
  report.exchanges.push(...exchanges)
  report.scenarioErrors.push(...errors)
  if (!flags.json) for (const exchange of exchanges) process.stdout.write(`${renderExchange(exchange, flags.raw === true)}\n`)
  addHealth(health, report, flags)
  if (flags.json) return
  for (const error of errors) process.stderr.write(`burn: ${terminalSafe(error)}\n`)
}
