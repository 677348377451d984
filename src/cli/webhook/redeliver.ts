import { join } from 'node:path'
import type { Command } from 'commander'
import { EXIT, type ExitCode, InputError, ScenarioError, UsageError } from '../../errors.ts'
import type { Webhook } from '../../notify/schema.ts'
import { DELIVERIES_NAME } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { readResult } from '../../store/read-result.ts'
import { checkedSource } from '../load/checked-sources.ts'
import { checkSecrets } from '../load/frozen/stored-secrets.ts'
import { loadChecked } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { Outbox } from './outbox.ts'
import { exitOf, printDeliveries } from './outcome.ts'
import { messagesOf } from './stored-messages.ts'

/**
 * Runs `burn webhook redeliver`: sends again the notifications of a stored run that its webhooks did not accept, or the one that `--id` names.
 * Returns exit code 1 when a webhook does not accept one this time.
 * @throws InputError, UsageError
 */
export async function redeliverCommand(named: string | undefined, command: Command): Promise<ExitCode> {
  const flags = command.opts<RunFlags & { readonly id?: string }>()
  const folder = findRun(named)
  const messages = messagesOf(folder, flags.id)
  if (messages.length === 0) {
    process.stdout.write(`${folder}: every message was taken\n`)
    return EXIT.ok
  }
  const webhooks = webhooksOf(folder, flags, command)
  const outbox = new Outbox(webhooks, { file: join(folder, DELIVERIES_NAME) })
  const gone = messages.find(({ webhook }) => webhook >= webhooks.length)
  if (gone)
    throw new InputError(
      `${folder}: the message ${gone.id} is for webhooks.${gone.webhook}, which the stored scenario does not have`,
    )
  for (const { webhook, ...message } of messages) outbox.post(webhook, message)
  const delivered = await outbox.settled()
  printDeliveries(delivered)
  return exitOf(delivered) ?? EXIT.ok
}

/** Returns the webhooks of a stored run, whose secrets are read from the current environment. @throws InputError, UsageError */
function webhooksOf(folder: string, flags: RunFlags, command: Command): readonly Webhook[] {
  const { configuration } = readResult(folder)
  const webhooks = configuration?.scenario.webhooks
  if (webhooks === undefined) throw new InputError(`the result in ${folder} holds no webhooks`, 'its run had none')
  checkSecrets(folder, { webhooks }, flags)
  // This scenario has only the webhooks, because other files that the run needed may no longer exist.
  const scenario = { name: 'redeliver', target: { url: 'http://127.0.0.1/' }, steps: [{ message: '' }], webhooks }
  const source = { text: JSON.stringify(scenario), file: join(folder, 'result.json') }
  try {
    const [loaded] = loadChecked({ file: undefined, seed: undefined }, checkedSource(source, flags, command), flags, command)
    return loaded?.plan.webhooks ?? []
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(error.problems.map(({ message }) => message).join('; '))
    throw error
  }
}
