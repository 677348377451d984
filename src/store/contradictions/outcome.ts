import { EXIT, type ExitCode, worstExit } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { failsRun, passedReason, statusOfExits, verdictOf } from '../../result/verdict.ts'

/**
 * Checks what a stored result says about how the run ended: validity, exit codes, verdict and status. Yields a text, `path: what is wrong`, for each
 * contradiction.
 */
export function* outcomeContradictions(result: Result): Generator<string> {
  const { state, reasons } = result.validity
  const worst = reasons.some(({ level }) => level === 'invalid') ? 'invalid' : (reasons[0]?.level ?? 'ok')
  if (state !== worst) yield `validity.state: ${state}, but by validity.reasons it is ${worst}`
  // The result of one part of a run has no verdict on thresholds; the merge evaluates them.
  if (result.shard === null) yield* exitContradictions(result)
  yield* verdictContradictions(result)
}

/** Checks the exit codes: a failed threshold, an invalid measurement and a run without an ok attempt must each have their code in the list. */
function* exitContradictions({
  exitCodes,
  thresholds,
  baseline,
  validity,
  total,
  totalMessages,
  status,
}: Result): Generator<string> {
  const isRunning = status === 'running'
  const expected: readonly (readonly [ExitCode, boolean, string])[] = [
    [EXIT.verdictFailed, thresholds.some(failsRun), 'a threshold failed'],
    [EXIT.verdictFailed, baseline?.verdict === 'WORSE', 'baseline.verdict is WORSE'],
    [EXIT.notValid, validity.state === 'invalid', 'validity.state is invalid'],
    [EXIT.couldNotTest, totalMessages !== null && total.counts.started === 0, 'no attempt was started'],
    [EXIT.couldNotTest, total.counts.ok === 0 && !isRunning, 'no attempt was ok'],
  ]
  for (const [code, applies, why] of expected)
    if (applies && !exitCodes.includes(code)) yield `exitCodes: ${code} is missing, but ${why}`
  if (exitCodes.includes(EXIT.notValid) && validity.state !== 'invalid' && !isRunning)
    yield `exitCodes: ${EXIT.notValid} is among them, but validity.state is ${validity.state}`
}

function* verdictContradictions({ exitCode, exitCodes, verdict, status, reason, thresholds, shard }: Result): Generator<string> {
  const isRunning = status === 'running'
  const worst = worstExit(exitCodes)
  if (exitCode !== worst) yield `exitCode: ${exitCode}, but by exitCodes it is ${worst}`
  const right = isRunning ? 'incomplete' : verdictOf(exitCode)
  if (verdict !== right) yield `verdict: ${verdict}, but by ${isRunning ? 'status' : `exitCode ${exitCode}`} it is ${right}`
  const ended = statusOfExits(exitCodes)
  if (!isRunning && status !== ended) yield `status: ${status}, but by exitCodes it is ${ended}`
  if (verdict === 'passed' && shard === null && reason !== passedReason(thresholds))
    yield `reason: ${reason}, but ${thresholds.filter(({ state }) => state === 'passed').length} in thresholds passed`
}
