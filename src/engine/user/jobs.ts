/** Makes jobs: a job holds the request of one attempt, made from a step, and the reader of its reply. */
import { now, wallNow } from '../../clock.ts'
import type { TargetAddress } from '../../connectors/wire/connector.ts'
import { createReader, plainReader } from '../../dialects/reply/reader.ts'
import { TargetError } from '../../errors.ts'
import type { AskedTokens, Exchange, ReplyReader } from '../../exchange.ts'
import { TemplateError } from '../../language/template/template.ts'
import type { Random } from '../../random.ts'
import type { AttemptStep, MessageStep, RequestStep } from '../../scenario/compile/plan.ts'
import type { TargetClient } from './client.ts'
import { askedIn, type Conversation } from './conversation.ts'
import type { AttemptFault, FaultHit } from './fault/user-faults.ts'
import type { IterationClock } from './iteration-clock.ts'
import { renderMessage, toolResultsText } from './message/render-message.ts'
import type { RunContext } from './run-context.ts'
import type { Variables } from './variables.ts'

/** A message in the form in which it is sent and kept in the conversation. */
type RenderedMessage = ReturnType<typeof renderMessage>

/** The text of a generated prompt, with its length in tokens. */
type MadePrompt = ReturnType<NonNullable<AttemptStep['prompt']>['maker']['make']>

/** The description of one attempt: how its request is made, where it is sent, and how its reply is read. */
export interface Job {
  readonly step: AttemptStep
  readonly client: TargetClient
  readonly reader: ReplyReader
  /** True when the reply is expected to hold generated tokens. */
  readonly generates: boolean
  /** The text of the message, as the journal shows it; '' when there is none. */
  readonly prompt: string
  /** The message as it is sent and remembered; undefined for a request, and for a message that cannot be rendered. */
  readonly message?: RenderedMessage | undefined
  /** Warnings about the request, recorded with its attempt. */
  readonly warnings?: readonly string[] | undefined
  /** The fault that is injected into the attempt; undefined for an attempt without one. */
  readonly fault?: AttemptFault | undefined
  /** Returns another reader like `reader`, for the reply to a copy of the request. */
  newReader(): ReplyReader
  /**
   * Renders the request; with `through`, returns what this function makes of the content and the address, instead of the connector. @throws
   * TemplateError, TargetError
   */
  request(through?: Through): unknown
}

/** A function that takes content and address instead of the connector, which would make a request of them. */
type Through = (content: unknown, address: TargetAddress) => unknown

/** The parts of a simulated user from which the user's requests are built, such as variables, conversation and random streams. */
export interface AttemptUser {
  readonly id: number
  /** Index of the user's group in the plan; 0 when the plan has no groups. */
  readonly groupIndex: number
  readonly random: Random
  /** Returns the user's random stream for the waits between retries (`retry`) or for generated prompts (`prompt`). */
  streamOf(purpose: 'retry' | 'prompt'): Random
  /** The variables of the present iteration. */
  readonly scope: Variables
  readonly conversation: Conversation
  /** Returns the client of a target, given by its index in the plan. */
  clientOf(target: number): TargetClient
  /** Returns whether a step of the present iteration has failed; variables that it would have set may then be missing. */
  hasFailed(): boolean
  /** Lets the user wait; a wait ends early when the present iteration times out. */
  readonly clock: IterationClock
}

/** Prepares each attempt of one user: what is sent and to which target, and the reader for the reply. */
export class Jobs {
  private readonly run: RunContext
  private readonly user: AttemptUser
  private readonly bornAt = now()
  /** How many payloads this user has generated for each step, by the step's index. */
  private readonly payloadsMade = new Map<number, number>()
  private prompt: MadePrompt | undefined = undefined
  /** Number of tokens that the last request asks for, in the prompt and in the reply; undefined when no lengths were drawn for it. */
  private asked: AskedTokens | undefined = undefined
  /** The length of the sound in the request that was made last, in ms; undefined when it is not known. */
  private soundMs: number | undefined = undefined

  constructor(run: RunContext, user: AttemptUser) {
    this.run = run
    this.user = user
  }

  /** Returns the job of one attempt of a step. A template that cannot be rendered fails only later, in the job's `request`. */
  of(step: AttemptStep): Job {
    const client = this.user.clientOf(step.target)
    this.asked = undefined
    this.soundMs = undefined
    // A round that answers tool calls sends the message of its step again, without rendering it anew.
    const { openMessage, results } = this.user.conversation
    const again = step.kind === 'message' && step.tools ? openMessage : undefined
    if (step.payload && !again) this.makePayload(step, step.payload, client)
    this.prompt = step.prompt && !again ? this.makePrompt(step.prompt) : undefined
    return step.kind === 'message'
      ? this.messageJob(step, client, again, toolResultsText(results))
      : new RequestJob(step, client, this.user)
  }

  /** Records on an exchange what is known of the request that was made last: the lengths that it asks for, and that of its sound. */
  noteSent(exchange: Exchange): void {
    const { asked, soundMs } = this
    if (asked) exchange.note({ asked })
    if (soundMs !== undefined) exchange.note({ soundMs })
  }

  /** Generates the payload of a step, and stores it in the variable `payload`, which templates of this and later steps can read. */
  private makePayload(step: AttemptStep, payload: NonNullable<AttemptStep['payload']>, { target }: TargetClient): void {
    const { id, scope, random } = this.user
    const index = this.payloadsMade.get(step.index) ?? 0
    this.payloadsMade.set(step.index, index + 1)
    scope.payload = payload.make({
      random,
      wallNowMs: wallNow(),
      uptimeMs: Math.max(0, now() - this.bornAt),
      index,
      scope,
      clientId: target.connector.clientId?.(target.options, id),
    })
  }

  /** Generates the prompt of a step, and stores its text in the variable `prompt`, which templates of this and later steps can read. */
  private makePrompt({ maker, salt }: NonNullable<AttemptStep['prompt']>): MadePrompt {
    const { scope, random } = this.user
    const { plan } = this.run
    const lengths = plan.groups[this.user.groupIndex]?.promptTokens
    const prompt = maker.make(this.user.streamOf('prompt'), plan.seed, salt.render(scope, random), lengths)
    scope.prompt = prompt.text
    return prompt
  }

  /**
   * Returns the job of a message step. In a round that answers tool calls, `again` is the message of the step, and `answer` the tool results as text.
   */
  private messageJob(step: MessageStep, client: TargetClient, again?: RenderedMessage, answer?: string): Job {
    const { scope, random } = this.user
    const { target } = client
    const rendered = attemptRender(() => {
      const message = again ?? renderMessage(step.content, this.run.plan.suffix, scope, random)
      // The mapping of the dialect `generic` may read `{{message}}`.
      scope.message = message.content
      return { message, mapping: client.mapping() }
    })
    if ('error' in rendered)
      return { ...NO_REPLY, step, client, reader: plainReader(), request: () => throwError(rendered.error) }
    const { message, mapping } = rendered
    const newReader = () => createReader(target.dialect, mapping, target.chat.stream, target.limits.eventLength, target.chat.body)
    return {
      step,
      client,
      reader: newReader(),
      newReader,
      generates: target.chat.stream,
      prompt: again ? (answer ?? '') : message.content,
      message,
      request: (through) => {
        const system = this.run.plan.conversation.system?.render(scope, random)
        const { conversation } = this.user
        const trimmedBefore = conversation.trimmed
        const turns = conversation.withMessage(system, message)
        this.run.recorder.trims.add(conversation.trimmed - trimmedBefore)
        const chat = client.chat()
        const options = step.tools ? { ...chat, tools: step.tools.definitions } : chat
        if (this.prompt || client.replyLengths)
          this.asked = askedIn(turns, this.prompt, client.replyLengths ? options.maxTokens : undefined)
        this.soundMs = target.dialect.soundMs?.(turns)
        const body = without(target.dialect.encode(turns, options, mapping), target.omit)
        const address = client.address()
        return through ? through(body, address) : target.connector.fromMessage(body, address, target.options)
      },
    }
  }
}

/** The reader and other fields of a job whose request cannot be made, so that no reply is expected. */
const NO_REPLY = { newReader: plainReader, generates: false, prompt: '' }

/** The job of a `request` step. Its reply is read as plain bytes, without looking for generated text. */
class RequestJob implements Job {
  readonly step: RequestStep
  readonly client: TargetClient
  readonly reader = plainReader()
  readonly newReader = plainReader
  readonly generates = false
  readonly prompt = ''
  readonly message: undefined
  readonly warnings: undefined
  readonly fault: undefined
  private readonly user: AttemptUser

  constructor(step: RequestStep, client: TargetClient, user: AttemptUser) {
    this.step = step
    this.client = client
    this.user = user
  }

  request(through?: Through): unknown {
    const { connector, options } = this.client.target
    const { request, requestAsText } = this.step
    // What changes a request needs its values.
    const tree = !through && requestAsText && connector.takesJsonText ? requestAsText : request
    const block = tree.render(this.user.scope, this.user.random)
    const address = this.client.address()
    return through ? through(block, address) : connector.fromStep(block, address, options)
  }
}

/** Returns a request body without the named fields, which this API does not accept. */
function without(body: unknown, names: readonly string[]): unknown {
  if (names.length === 0 || typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
}

/** Throws `error`. It lets code throw where JavaScript allows only an expression. */
export function throwError(error: unknown): never {
  throw error
}

/** Returns a copy of a job (the description of one attempt) whose request is made by another function. */
export function withRequest(
  { step, client, reader, newReader, generates, prompt, message, warnings }: Job,
  request: Job['request'],
): Job {
  return { step, client, reader, newReader, generates, prompt, message, warnings, request }
}

/** Returns a copy of a job (the description of one attempt) into which a fault is injected; the same job if the fault cannot change it. */
export function withFault(job: Job, { fault, request }: FaultHit): Job {
  return { ...withRequest(job, request ?? (() => job.request())), fault }
}

/** Returns a copy of a job (the description of one attempt) with one more warning. */
export function withWarning(job: Job, warning: string): Job {
  return { ...withRequest(job, (through) => job.request(through)), warnings: [...(job.warnings ?? []), warning] }
}

/**
 * Returns a copy of a job (the description of one attempt) whose request is rendered already; undefined when it cannot be rendered, for example
 * because a template reads a variable that does not exist.
 */
export function withRequestMade(job: Job): Job | undefined {
  const { connector, options } = job.client.target
  let draft: Parameters<Through> | undefined
  try {
    const request = job.request((content, address) => {
      draft = [content, address]
      return job.step.kind === 'message'
        ? connector.fromMessage(content, address, options)
        : connector.fromStep(content, address, options)
    })
    return withRequest(job, (through) => (through && draft ? through(...draft) : request))
  } catch (error) {
    const isMissing = error instanceof TemplateError || (error instanceof TargetError && error.class.startsWith('local_'))
    return isMissing ? undefined : withRequest(job, () => throwError(error))
  }
}

/**
 * Calls a function that renders, and returns the error of a template instead of throwing it, because the message still becomes a (failed) attempt.
 */
function attemptRender<T extends object>(render: () => T): T | { error: TemplateError } {
  try {
    return render()
  } catch (error) {
    if (error instanceof TemplateError) return { error }
    throw error
  }
}
