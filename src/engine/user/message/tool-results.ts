/** Renders the results of tool calls, as the scenario defines them. */
import type { ToolResult } from '../../../dialects/parts/dialect.ts'
import { callArguments } from '../../../dialects/parts/turns.ts'
import type { Random } from '../../../random.ts'
import type { ToolCall } from '../../../reply-record.ts'
import type { PlannedToolReply, PlannedTools } from '../../../scenario/compile/planned-message.ts'

/** Returns the reply of a tool to a call: the one for its name, or else the one for all other names; undefined when there is neither. */
function toolReplyTo({ name }: ToolCall, { replies }: PlannedTools): PlannedToolReply | undefined {
  return replies?.get(name) ?? replies?.get('*')
}

/** The results of all tools that a reply calls, and how long they take together, in ms: tools of one reply run side by side. */
interface RunTools {
  readonly results: readonly ToolResult[]
  readonly tookMs: number
}

/** The parts of a user that are needed to render the results of tools: variables and random streams. */
export interface ToolUser {
  readonly random: Random
  readonly scope: Readonly<Record<string, unknown>>
  streamOf(purpose: 'think'): Random
}

/**
 * Returns the results of the tool calls in one reply, rendered from templates that read the call as `tool`, and how long the tools take side by side,
 * in ms (the longest of their delays).
 * @throws TemplateError when a template cannot be rendered
 */
export function runTools(calls: readonly ToolCall[], tools: PlannedTools, user: ToolUser): RunTools {
  const { scope, random } = user
  const think = user.streamOf('think')
  let tookMs = 0
  const results = calls.map((call): ToolResult => {
    const reply = toolReplyTo(call, tools)
    tookMs = Math.max(tookMs, reply?.delayMs?.(think) ?? 0)
    const tool = { name: call.name, arguments: callArguments(call) }
    const result = reply?.result.render({ ...scope, tool }, random) ?? ''
    return { call, text: typeof result === 'string' ? result : JSON.stringify(result) }
  })
  return { results, tookMs }
}

/**
 * Returns why tool calls cannot be answered (a tool without `toolReply`, or too many rounds), as failure class and message; undefined when they can.
 * `answered` is the number of rounds that were answered before.
 */
export function refusalOf(
  calls: readonly ToolCall[],
  tools: PlannedTools,
  answered: number,
): { readonly class: string; readonly message: string } | undefined {
  const unknown = calls.find((call) => toolReplyTo(call, tools) === undefined)
  if (unknown)
    return {
      class: 'tool_unknown',
      message: `the reply calls the tool ${JSON.stringify(unknown.name)}, for which toolReply has nothing`,
    }
  if (answered < tools.rounds) return undefined
  return {
    class: 'tool_rounds',
    message: `the reply calls tools again after ${answered} rounds, the most that toolRounds allows`,
  }
}
