/** Calls the hooks before and after the attempts of one user, and applies their changes. */
import { now } from '../../../clock.ts'
import type { TargetAddress } from '../../../connectors/wire/connector.ts'
import { TargetError } from '../../../errors.ts'
import type { Exchange } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'
import { BUILT_IN } from '../../../scenario/lint/built-in.ts'
import { isMap } from '../../../text/json.ts'
import type { HookCalls, HookClock, HookEnd } from './hook-calls.ts'

/** The failure class of an attempt that a plugin's hook made fail by an error of its own; never counted against the target. */
const HOOK_FAILED = 'local_hook'

/**
 * The request of an attempt, as the hook `beforeSend` of a plugin gets it and may change it: the body of a message step or the block of a `request`
 * step, and the address.
 */
interface Draft {
  readonly content: unknown
  readonly address: TargetAddress
}

/** The parts of an attempt that hooks can see and change. */
interface HookedJob {
  readonly step: { readonly name: string; readonly kind: 'message' | 'request'; readonly timeouts: { readonly total: number } }
  readonly client: { readonly target: PlannedTarget; hooked: TargetAddress | undefined }
  /** Makes the request; with `through`, returns what this function makes of the content and the address. @throws TemplateError, TargetError */
  request(through?: (content: unknown, address: TargetAddress) => unknown): unknown
}

/**
 * The numbers that a plugin's hook gets about an attempt: that of the iteration among those of its user, and that of the attempt among the tries of
 * its step.
 */
interface AttemptNumber {
  readonly iteration: number
  readonly attempt: number
}

/** The request of an attempt after hooks have changed it, and how long the hooks took, in ms. */
interface HookedRequest {
  /** Returns the request. @throws TemplateError, TargetError */
  readonly request: () => unknown
  readonly ms: number
  readonly woken: HookEnd['woken']
}

/** What the hook `afterReceive` of plugins returned for a reply: variables to store, and a reason to fail the attempt if there is one. */
export interface HookFindings {
  readonly captures: Readonly<Record<string, unknown>>
  /** Failure class and reason with which the hook makes the attempt fail; undefined when it does not. */
  readonly failure: { readonly class: string; readonly message: string } | undefined
}

/** Calls the hooks of plugins before and after the attempts of one user. */
export class UserHooks {
  private readonly calls: HookCalls
  private readonly user: { readonly id: number; readonly clock: HookClock }

  constructor(calls: HookCalls, user: { readonly id: number; readonly clock: HookClock }) {
    this.calls = calls
    this.user = user
  }

  /**
   * Calls the hook `beforeSend`, and resolves with the request as the hook leaves it. An error of the hook is thrown when that request is made.
   */
  async before(job: HookedJob, number: AttemptNumber): Promise<HookedRequest | undefined> {
    if (!this.calls.has('beforeSend')) return undefined
    const { step, client } = job
    client.hooked = undefined
    let draft: Draft
    try {
      draft = job.request(asDraft) as Draft
    } catch (error) {
      return { request: () => throwIt(error), ms: 0, woken: 'due' }
    }
    const key = step.kind === 'message' ? 'body' : 'request'
    const { headers, query, url } = draft.address
    const shown: Record<string, unknown> = {
      ...this.place(job, number),
      url,
      headers: { ...headers },
      query: { ...query },
      [key]: structuredClone(draft.content),
    }
    const from = now()
    const { woken, problem } = await this.calls.ask('beforeSend', () => shown, step.timeouts.total, this.user.clock)
    const ms = now() - from
    const failed = (message: string) => ({ request: () => throwIt(new TargetError(HOOK_FAILED, 'send', message)), ms, woken })
    if (problem !== undefined) return failed(problem)
    try {
      const address = { ...draft.address, headers: texts(shown.headers, 'headers'), query: texts(shown.query, 'query') }
      checkHeaders(address, headers, client.target)
      client.hooked = address
      const content = plain(shown[key], key)
      return { request: () => made(job, { content, address }), ms, woken }
    } catch (error) {
      return failed(`after beforeSend: ${messageOf(error)}`)
    }
  }

  /**
   * Calls `afterReceive` when a whole reply came, whatever its status; `reply` is what templates see. Resolves with the variables that hooks
   * captured, and whether they make the attempt fail.
   */
  async after(job: HookedJob, exchange: Exchange, reply: object, number: AttemptNumber): Promise<HookFindings | undefined> {
    const isWhole = exchange.outcome === 'ok' || exchange.hasFailedBy('status')
    if (!isWhole || !this.calls.has('afterReceive')) return undefined
    const captures: Record<string, unknown> = {}
    const failures: string[] = []
    const shown = {
      ...this.place(job, number),
      reply,
      capture: (name: unknown, value: unknown) => {
        captures[variableName(name)] = plain(value, `the captured ${String(name)}`)
      },
    }
    const shownTo = (plugin: string) => ({
      ...shown,
      fail: (reason: unknown) => void failures.push(`the plugin ${plugin}: afterReceive found: ${reasonText(reason)}`),
    })
    const { woken, problem } = await this.calls.ask('afterReceive', shownTo, job.step.timeouts.total, this.user.clock)
    const unfinished = woken === 'due' ? undefined : 'afterReceive had not ended when the run, or the iteration, was over'
    const broken = problem ?? unfinished
    if (broken !== undefined) return { captures: {}, failure: { class: HOOK_FAILED, message: broken } }
    const [reason] = failures
    return { captures: { ...captures }, failure: reason === undefined ? undefined : { class: 'check_failed', message: reason } }
  }

  /** Calls `onError` for an attempt that has failed, whatever the reason. Does not wait for promises that hooks return. */
  failed(job: HookedJob, { failure }: Exchange, number: AttemptNumber): void {
    if (failure === undefined || !this.calls.has('onError')) return
    this.calls.notify('onError', { ...this.place(job, number), failure: { ...failure } })
  }

  private place({ step, client }: HookedJob, { iteration, attempt }: AttemptNumber) {
    const { name, protocol } = client.target
    return { step: step.name, target: name, protocol, user: this.user.id, iteration, attempt }
  }
}

/**
 * Returns the draft of a request, which the hook `beforeSend` of plugins may change: the content that is to be sent and the address. The
 * connector builds the request from the changed draft.
 */
const asDraft = (content: unknown, address: TargetAddress): Draft => ({ content, address })

/**
 * Makes the request from a draft that hooks have changed. An error counts as the hook's when the connector cannot send the draft. @throws TargetError
 */
function made({ step, client: { target } }: HookedJob, { content, address }: Draft): unknown {
  const { connector, options } = target
  try {
    return step.kind === 'message'
      ? connector.fromMessage(content, address, options)
      : connector.fromStep(content, address, options)
  } catch (error) {
    if (error instanceof TargetError) throw error
    throw new TargetError(HOOK_FAILED, 'send', `no request can be made of what beforeSend left: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** Checks headers that a hook has set. @throws Error for a header that the protocol cannot send */
function checkHeaders(
  { headers, url }: TargetAddress,
  before: TargetAddress['headers'],
  { connector, options }: PlannedTarget,
): void {
  for (const [name, value] of Object.entries(headers)) {
    const wrong = before[name] === value ? undefined : connector.headerProblem?.(name, value, options, url)
    if (wrong !== undefined) throw new Error(`headers.${name}: ${wrong}`)
  }
}

/** Returns a copy of a map of texts that a hook has set. @throws Error when the value is something else */
function texts(value: unknown, name: string): Record<string, string> {
  if (!isMap(value)) throw new Error(`${name} has to be a map of texts`)
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string')
  if (wrong) throw new Error(`${name}.${wrong[0]} has to be a text`)
  return { ...value } as Record<string, string>
}

/** Largest number of characters that are kept of the reason that a hook gives to `fail`. */
const MAX_REASON = 500

/** Returns the reason that a hook gave to `fail` as text: the text itself, the message of an error, or any other value as JSON. */
function reasonText(reason: unknown): string {
  if (reason === undefined) return 'the reply is not as it should be (no reason was given)'
  const text = typeof reason === 'string' ? reason : reason instanceof Error ? reason.message : jsonText(reason)
  return text.slice(0, MAX_REASON)
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'a value that cannot be shown'
  }
}

/** Returns a copy of a value without anything that JSON cannot hold. @throws Error when nothing is left */
function plain(value: unknown, name: string): unknown {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new Error(`${name} has to be a value that JSON can hold`)
  return JSON.parse(text)
}

/** Returns the name of a captured variable. @throws Error for a name that no variable of the scenario can have */
function variableName(name: unknown): string {
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name))
    throw new Error(`capture: ${JSON.stringify(name)} is no name of a variable`)
  if (Object.hasOwn(BUILT_IN, name) || Object.hasOwn(Object.prototype, name))
    throw new Error(`capture: "${name}" is set by burn itself`)
  return name
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function throwIt(error: unknown): never {
  throw error
}
