/** Audits one target: sends it the prompts, and examines the replies. */
import type { Clock } from '../../clock.ts'
import type { StartMock } from '../../engine/embedded-mocks.ts'
import type { StepMetrics } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { planOf } from '../../scenario/compile.ts'
import { maskFieldsIn } from '../../text/secret-fields.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import type { TargetAudit } from './finding.ts'
import { findingsOf } from './findings.ts'
import { AuditPrompts } from './prompts.ts'
import { repliesTo } from './replies.ts'
import type { AuditReply, PromptKind } from './reply.ts'
import { auditScenario } from './scenario.ts'

/**
 * The settings of `burn audit` for one target, such as the number of pairs of prompts and the time-out in ms. If `reference` holds the steps of an
 * earlier run, the audit also compares the lengths of its replies with the lengths in that run.
 */
export interface AuditRequest {
  readonly target: string
  readonly pairs: number
  readonly message: string | undefined
  readonly timeoutMs: number
  /** True when the audit accepts that the target caches prompts. */
  readonly allowCache: boolean
  /** The steps of another run, with whose reply lengths those of the audit are compared; undefined for no comparison. */
  readonly reference: readonly StepMetrics[] | undefined
  readonly startMock: StartMock
  readonly signal: AbortSignal
  /** The clock of the audit's runs; that of the machine when left out. */
  readonly clock?: Clock
}

const PAIR: readonly PromptKind[] = ['distinct', 'repeated']

/**
 * Runs `burn audit` for one target of a scenario, and returns the findings. It sends pairs of prompts, first a new one and then a repeated one. From
 * a target that streams, it also asks for one reply without a stream.
 * @throws UsageError
 */
export async function auditTarget({ scenario, plan: given }: LoadedScenario, request: AuditRequest): Promise<TargetAudit> {
  const { file, baseDir, seed, secrets } = given
  const prompts = new AuditPrompts()
  const planned = (iterations: number, kinds: readonly PromptKind[], stream?: false): Plan => {
    const wish = { ...request, iterations, ...(stream === undefined ? {} : { stream }) }
    return prompts.planned(planOf(auditScenario(scenario, wish), { file, baseDir, seed, secrets }), kinds)
  }
  const plan = planned(2 * request.pairs, PAIR)
  const step = plan.exchanges.find(({ setupOrTeardown }) => !setupOrTeardown)
  const target = plan.targets[step?.target ?? 0]
  const { replies, problems } = await repliesTo(plan, PAIR, request)
  const ok = replies.filter(({ failure }) => failure === undefined)
  const head = {
    target: request.target,
    protocol: target?.protocol ?? '',
    dialect: target?.dialectName ?? null,
    step: stepName(given, request.target) ?? step?.name ?? '',
    messages: replies.length,
    failed: replies.length - ok.length,
  }
  const reasons = [...problems, ...failuresIn(replies)]
  if (target === undefined || ok.length === 0 || problems.length > 0)
    return { ...head, findings: [], problems: reasons.map(masked) }
  const streams = target.chat.stream && ok.some(({ frames }) => frames > 0)
  const whole = streams ? (await repliesTo(planned(1, ['repeated'], false), ['repeated'], request)).replies : undefined
  const findings = findingsOf({ ...request, target, step: head.step, replies, whole })
  return { ...head, messages: head.messages + (whole?.length ?? 0), findings: findings.map(masked), problems: [] }
}

/** Returns the name of the first step of a plan that sends a message to a target, as results of the scenario name it. */
function stepName({ exchanges, targets }: Plan, target: string): string | undefined {
  return exchanges.find((step) => step.kind === 'message' && !step.setupOrTeardown && targets[step.target]?.name === target)?.name
}

/** Returns the reasons why messages failed, each once. */
function failuresIn(replies: readonly AuditReply[]): string[] {
  return [
    ...new Set(
      replies.flatMap(({ failure }) => (failure ? [`${failure.class} in phase ${failure.phase}: ${failure.message}`] : [])),
    ),
  ]
}

// The cast is safe: redaction keeps the shape of plain data.
const masked = <T>(value: T): T => knownSecrets.redactValue(maskFieldsIn(value)) as T
