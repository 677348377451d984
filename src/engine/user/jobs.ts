/** Makes of a step what one attempt needs: the wire request, and the reader of its reply. */
import { now, wallNow } from '../../clock.ts'
import { createReader, plainReader } from '../../dialects/reply/reader.ts'
import { TargetError } from '../../errors.ts'
import type { ReplyReader } from '../../exchange.ts'
import { TemplateError } from '../../language/template/template.ts'
import type { Payload } from '../../payloads/index.ts'
import type { Random } from '../../random.ts'
import type { MessageStep, RequestStep } from '../../scenario/compile/plan.ts'
import type { TargetClient } from './client.ts'
import type { Conversation } from './conversation.ts'
import type { IterationClock } from './iteration-clock.ts'
import type { RunContext } from './run-context.ts'
import type { Variables } from './variables.ts'

export type AttemptStep = MessageStep | RequestStep

/** How to make the wire request and read the reply of one attempt. */
export interface Job {
  readonly step: AttemptStep
  readonly client: TargetClient
  readonly reader: ReplyReader
  readonly generates: boolean
  /** What the journal shows as the prompt. */
  readonly prompt: string
  /** Oddities of the request, for the exchange that carries it. */
  readonly warnings?: readonly string[]
  request(): unknown
}

/** What is known of the user whose attempts these are. */
export interface AttemptUser {
  readonly id: number
  readonly group: number
  readonly random: Random
  readonly scope: Variables
  readonly conversation: Conversation
  readonly clientOf: (target: number) => TargetClient
  /** Whether a step of the present iteration has failed, so that later ones may lack what it would have left. */
  readonly hasFailed: () => boolean
  /** The time that the user's present iteration may take. */
  readonly clock: IterationClock
}

export class Jobs {
  private readonly run: RunContext
  private readonly user: AttemptUser
  private readonly bornAt = now()
  /** Payloads that this user has made, by step. */
  private readonly payloadsMade = new Map<number, number>()

  constructor(run: RunContext, user: AttemptUser) {
    this.run = run
    this.user = user
  }

  /** The job of one attempt. A message that cannot be rendered is one whose request throws TemplateError. */
  of(step: AttemptStep): Job {
    const client = this.user.clientOf(step.target)
    const warnings = step.payload ? this.makePayload(step, step.payload, client) : []
    const job = step.kind === 'message' ? this.messageJob(step, client) : this.requestJob(step, client)
    return warnings.length === 0 ? job : { ...job, warnings }
  }

  /** Made-up data, there as `{{payload}}` in this step and in those that follow. */
  private makePayload(step: AttemptStep, payload: Payload, { target }: TargetClient): string[] {
    const { id, scope, random } = this.user
    const index = this.payloadsMade.get(step.index) ?? 0
    this.payloadsMade.set(step.index, index + 1)
    const missed: string[] = []
    scope.payload = payload.make({
      random,
      wallNowMs: wallNow(),
      uptimeMs: Math.max(0, now() - this.bornAt),
      index,
      scope,
      clientId: target.connector.clientId?.(target.options, id),
      onMissed: () => missed.push('mutation_missed'),
    })
    return missed
  }

  private requestJob(step: RequestStep, client: TargetClient): Job {
    const { scope, random } = this.user
    const { connector, options } = client.target
    return {
      step,
      client,
      reader: plainReader(),
      generates: false,
      prompt: '',
      request: () => connector.fromStep(step.request.render(scope, random), client.address(), options),
    }
  }

  private messageJob(step: MessageStep, client: TargetClient): Job {
    const { scope, random } = this.user
    const { target } = client
    const rendered = attemptRender(() => {
      const text = step.content.render(scope, random) + (this.run.plan.suffix?.render(scope, random) ?? '')
      // The mapping may put `{{message}}` anywhere.
      scope.message = text
      return { text, mapping: client.mapping() }
    })
    if ('error' in rendered)
      return { step, client, reader: plainReader(), generates: false, prompt: '', request: () => throwError(rendered.error) }
    const { text, mapping } = rendered
    return {
      step,
      client,
      reader: createReader(target.dialect, mapping, target.chat.stream, target.limits.eventLength),
      generates: target.chat.stream,
      prompt: text,
      request: () => {
        const system = this.run.plan.conversation.system?.render(scope, random)
        const { conversation } = this.user
        const trimmedBefore = conversation.trimmed
        const turns = conversation.withMessage(system, text)
        this.run.recorder.trims.add(conversation.trimmed - trimmedBefore)
        const body = without(target.dialect.encode(turns, client.chat(), mapping), target.omit)
        return target.connector.fromMessage(body, client.address(), target.options)
      },
    }
  }
}

/** A body without the fields that this API does not want. */
function without(body: unknown, names: readonly string[]): unknown {
  if (names.length === 0 || typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
}

/** Throws; where an expression is wanted. */
export function throwError(error: unknown): never {
  throw error
}

/** The job with its request made already; undefined when it lacks something that a template was to put in. */
export function withRequestMade(job: Job): Job | undefined {
  try {
    const request = job.request()
    return { ...job, request: () => request }
  } catch (error) {
    const isMissing = error instanceof TemplateError || (error instanceof TargetError && error.class.startsWith('local_'))
    return isMissing ? undefined : { ...job, request: () => throwError(error) }
  }
}

/** A message that cannot be rendered must still be an attempt: its error is kept for when the attempt exists. */
function attemptRender<T extends object>(render: () => T): T | { error: TemplateError } {
  try {
    return render()
  } catch (error) {
    if (error instanceof TemplateError) return { error }
    throw error
  }
}
