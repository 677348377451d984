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
 * Answers the tool calls of one reply. Returns a result for each call, rendered from a template that reads the call as `tool`, and the longest delay
 * of a tool in ms, because the tools run side by side.
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
 * Returns the failure class and message for tool calls that cannot be answered, because a tool has no `toolReply` or the limit on rounds of tool
 * calls is reached; undefined when they can be answered. `answered` is the number of rounds that were answered already.
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
