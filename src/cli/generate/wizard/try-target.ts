import { runScenario } from '../../../engine/run-scenario.ts'
import type { SettledAttempt } from '../../../engine/user/run-context.ts'
import { startMock } from '../../../mock/server.ts'
import { planRun } from '../../../scenario/compile.ts'
import { validateScenario } from '../../../scenario/validate.ts'
import { chosenTarget, type TargetChoice } from '../../../templates/target-block.ts'
import { formatMs } from '../../../text/units.ts'
import { keepSecret, knownSecrets, secretValues } from '../../output/known-secrets.ts'

const CONNECT = '5s'
const TOTAL = '30s'
const GRACE_MS = 1000
const LONGEST_REPLY = 160

interface Tried {
  readonly ok: boolean
  /** One line about the test: how long the reply took and how it begins, or why it failed. */
  readonly text: string
}

/** Sends "Hello" to a target once. Returns whether it answered, and a line for the user that says what happened, secrets masked. Never throws. */
export async function tryTarget(choice: TargetChoice): Promise<Tried> {
  const { target, vars } = chosenTarget(choice)
  const scenario = {
    name: 'connection test',
    target: { ...target, timeouts: { connect: CONNECT, total: TOTAL } },
    ...(Object.keys(vars).length > 0 ? { vars } : {}),
    steps: [{ message: 'Hello' }],
  }
  const { scenario: checked, plan, problems, envUsed } = validateScenario(JSON.stringify(scenario), 'connection test.json')
  keepSecret(secretValues(envUsed))
  if (!checked || !plan) return { ok: false, text: problems.map(({ message }) => knownSecrets.redact(message)).join('; ') }
  let last: SettledAttempt | undefined
  await runScenario(planRun(checked, plan, { file: null, seed: 'connection test', secrets: [] }), {
    startMock,
    gracefulMs: () => GRACE_MS,
    onAttempt: (attempt) => {
      last = attempt
    },
  })
  return describe(last)
}

function describe(attempt: SettledAttempt | undefined): Tried {
  if (attempt === undefined) return { ok: false, text: 'nothing was sent' }
  const { exchange } = attempt
  if (exchange.outcome !== 'ok') {
    const { failure } = exchange
    return { ok: false, text: knownSecrets.redact(failure ? `${failure.class}: ${failure.message}` : 'no reply') }
  }
  const { sentAt, firstTokenAt, endedAt } = exchange
  const first = Number.isNaN(firstTokenAt) ? '' : `, the first token after ${formatMs(firstTokenAt - sentAt)}`
  const took = `answered in ${formatMs(endedAt - sentAt)}${first}`
  const reply = knownSecrets.redact(exchange.text.slice(0, LONGEST_REPLY).replace(/\s+/g, ' '))
  return {
    ok: true,
    text: reply === '' ? `${took}, without any text: see request: and response: in the target` : `${took}: ${reply}`,
  }
}
