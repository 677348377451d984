import * as z from 'zod'
import { lateObject, templated, whole } from '../../../fields.ts'
import { delaySchema } from './delay.ts'

const toolName = () =>
  z.string().regex(/^[A-Za-z_][\w.-]{0,63}$/, 'expected the name of a tool: letters, digits, _ . or -, at most 64')

const definition = lateObject(() => ({
  name: toolName().describe('Name by which the model calls the tool'),
  description: z.string().optional().describe('What the tool is for, as the model reads it'),
  parameters: z
    .record(z.string(), z.json())
    .default({ type: 'object', properties: {} })
    .describe('JSON Schema of its arguments, an object'),
}))

const reply = z.union([
  templated(),
  lateObject(() => ({
    result: z.json().describe('Result of the tool: a text, or JSON that is sent as text; strings may hold templates'),
    delay: delaySchema.optional().describe('How long the tool takes; it is in no latency'),
  })),
])

/** Returns the schemas of those keys of a message step that are about tools: which tools the model may call, and what burn answers to a call. */
export const toolKeys = () => ({
  tools: z
    .array(definition)
    .min(1)
    .max(128)
    .optional()
    .describe('Tools that the model may call, sent along in the form of the API'),
  toolReply: z
    .record(z.string(), reply)
    .optional()
    .describe(
      'Results of the tools, by name, `*` for all others: a text, which may read {{tool.name}} and {{tool.arguments}}, or a map with result and delay. When a reply calls tools, the results are sent as the next attempt of the step, until a reply calls none. Left out: a reply that calls tools ends the step',
    ),
  toolRounds: whole(1, 1000)
    .optional()
    .describe('How many replies that call tools are answered; one more fails its attempt (tool_rounds). Left out: 8'),
})

/** The keys of a message step that say which tools the model may call and what they return, after validation. */
export type ToolBlock = z.output<z.ZodObject<ReturnType<typeof toolKeys>>>

/**
 * Returns what is wrong with the tools that a message step offers to the model: the wrong key, and a message about it; undefined when nothing is
 * wrong.
 */
export function toolProblem({ tools, toolReply, toolRounds }: ToolBlock): { key: string; message: string } | undefined {
  if (toolReply === undefined)
    return toolRounds === undefined ? undefined : { key: 'toolRounds', message: 'there are no rounds without toolReply' }
  const known = tools?.map(({ name }) => name) ?? []
  const replies = Object.keys(toolReply)
  const unknown = replies.find((name) => name !== '*' && !known.includes(name))
  if (unknown !== undefined) return { key: 'toolReply', message: `there is no tool "${unknown}" in tools of this step` }
  const lacking = known.find((name) => !replies.includes(name) && !replies.includes('*'))
  if (lacking !== undefined)
    return { key: 'toolReply', message: `the tool "${lacking}" has no reply here, and there is none for *` }
  return known.length === 0 ? { key: 'toolReply', message: 'there are no tools in this step' } : undefined
}
