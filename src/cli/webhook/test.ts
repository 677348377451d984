import type { Command } from 'commander'
import { wallNow } from '../../clock.ts'
import { EXIT, type ExitCode, UsageError } from '../../errors.ts'
import { testMessage } from '../../notify/message/message.ts'
import { usualRetry } from '../../notify/schema.ts'
import { loadScenarios } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { Outbox } from './outbox.ts'
import { exitOf, printDeliveries } from './outcome.ts'

/**
 * Runs `burn webhook test`: sends a test notification to the webhooks of a scenario. Returns exit code 1 when one does not accept it. @throws
 * ScenarioError, UsageError for a scenario without webhooks
 */
export async function testCommand(file: string, command: Command): Promise<ExitCode> {
  const [loaded] = loadScenarios(file, command.opts<RunFlags>(), command)
  const { webhooks, name } = loaded?.plan ?? { webhooks: [], name: '' }
  if (webhooks.length === 0)
    throw new UsageError(`${file} has no webhooks`, 'write webhooks: [{ url: ${env.WEBHOOK_URL} }] beside steps')
  // One try is enough for a test.
  const once = webhooks.map((webhook) => ({ ...webhook, retry: { ...(webhook.retry ?? usualRetry()), attempts: 1 } }))
  const outbox = new Outbox(once)
  outbox.send(testMessage(name, new Date(wallNow())), () => true)
  const delivered = await outbox.settled()
  printDeliveries(delivered)
  return exitOf(delivered) ?? EXIT.ok
}
