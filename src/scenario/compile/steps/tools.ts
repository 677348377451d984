import type { Path } from '../../read/source/source.ts'
import type { ToolBlock } from '../../schema/step/tools.ts'
import type { PlannedToolReply, PlannedTools } from '../planned-message.ts'
import type { Texts } from '../texts.ts'
import { compileDelay } from './delays.ts'

/** The default of `toolRounds`: how many times in a row a step may send the results of tool calls back to the model. */
export const DEFAULT_TOOL_ROUNDS = 8

/**
 * Compiles the tools of a message step, which the model may call, and `toolReply`, the results that burn sends back when it does. `path` is the place
 * of the step in the scenario. Undefined for a step without tools.
 */
export function compileTools({ tools, toolReply, toolRounds }: ToolBlock, path: Path, texts: Texts): PlannedTools | undefined {
  if (tools === undefined) return undefined
  const replies = Object.entries(toolReply ?? {}).map(([name, reply]): [string, PlannedToolReply] => {
    const at = [...path, 'toolReply', name]
    if (typeof reply === 'string') return [name, { result: texts.tree(reply, at), delayMs: undefined }]
    const { result, delay } = reply
    return [name, { result: texts.tree(result, [...at, 'result']), delayMs: delay && compileDelay(delay) }]
  })
  return { definitions: tools, replies: toolReply && new Map(replies), rounds: toolRounds ?? DEFAULT_TOOL_ROUNDS }
}
