/** The command `burn webhook`: tests webhooks, sends messages again that were not accepted, and checks signatures. */
import { type Command, Option } from 'commander'
import { addRunFlags } from '../load/run-flags.ts'
import type { CommandOutcome } from '../output/outcome.ts'
import type { VerifyFlags } from './verify.ts'

/** Adds the command `burn webhook`, with its subcommands, to the command line of burn. */
export function addWebhook(program: Command, outcome: CommandOutcome): void {
  const webhook = program
    .command('webhook')
    .summary('try webhooks, send messages again')
    .description(
      'What a scenario tells others: try its `webhooks`, send again what was not taken, and check a signature as a receiver does.',
    )
  addTest(webhook, outcome)
  addRedeliver(webhook, outcome)
  addVerify(webhook, outcome)
}

function addTest(webhook: Command, outcome: CommandOutcome): void {
  const command = webhook
    .command('test')
    .description(
      'Send the message webhook.test to every webhook of a scenario, whatever it wants to hear of, and say what came back.',
    )
    .argument('<scenario>', 'scenario file')
  addRunFlags(command, ['What to run:'])
  command.action(async (file: string) => {
    const { testCommand } = await import('./test.ts')
    outcome.code = await testCommand(file, command)
  })
}

function addRedeliver(webhook: Command, outcome: CommandOutcome): void {
  const command = webhook
    .command('redeliver')
    .description(
      'Send again what the webhooks of a run did not take, with the ids that the messages had. Addresses and secrets are those of the stored scenario: variables must be set as they were.',
    )
    .argument('[run]', 'folder, id or scenario of a run (default: the newest)')
    .option('--id <id>', 'this message, also when it was taken')
  addRunFlags(command, ['What to run:'])
  command.action(async (run: string | undefined) => {
    const { redeliverCommand } = await import('./redeliver.ts')
    outcome.code = await redeliverCommand(run, command)
  })
}

function addVerify(webhook: Command, outcome: CommandOutcome): void {
  webhook
    .command('verify')
    .description('Check the signature of a message as it was received. Exit code 0: it is right, 1: it is not.')
    .argument('<body>', 'file with the body, to the byte; - for stdin')
    .requiredOption('--headers <file>', 'file with the headers, a line for each, or as a JSON object')
    .addOption(new Option('--secret-from <name>', 'variable of the environment that holds the secret').makeOptionMandatory())
    .option('--tolerance <time>', 'how far the time of the message may be from now', '300s')
    .action(async (body: string, flags: VerifyFlags) => {
      const { verifyCommand } = await import('./verify.ts')
      outcome.code = verifyCommand(body, flags)
    })
}
