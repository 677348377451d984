import * as z from 'zod'
import { lateObject } from '../../fields.ts'
import { compilePath, compilePlace } from '../parts/path.ts'

const path = z.string().refine((text) => compilePath(text) !== undefined, {
  error: 'expected a simple path such as $.choices[0].message.content or $.items[*].text',
})

/** A schema for a path at which a value is set in a request body. */
const place = path.refine((text) => compilePath(text) === undefined || compilePlace(text) !== undefined, {
  error: '[*] stands for the first match in a reply; in a request say which element, such as [0] or [-1]',
})

const roles = lateObject(() => ({
  system: z.string().optional().describe('Name of the system role'),
  user: z.string().optional().describe('Name of the user role'),
  assistant: z.string().optional().describe('Name of the assistant role'),
})).describe('What the API calls the roles in the history')

/**
 * The schema of the `request:` block of a target, which says at which paths the request body holds the message, the history and the system prompt.
 */
export const requestMapping = lateObject(() => ({
  structure: z.unknown().optional().describe('Body of the request, with {{templates}} in its strings; a string is sent as it is'),
  messagePath: place
    .optional()
    .describe('Where the message goes in the structure. Default: `message`, when there is no structure'),
  historyPath: place
    .optional()
    .describe(
      'Where the earlier turns go, as a list of { role, content }; without a messagePath the message is the last of them',
    ),
  systemPath: place.optional().describe('Where the system prompt goes; without it, it is the first turn of the history'),
  roles: roles.optional(),
}))

const usage = lateObject(() => ({
  input: path.optional().describe('Prompt tokens, cached ones included'),
  cachedInput: path.optional().describe('Prompt tokens that were read from a cache'),
  cacheWrite: path.optional().describe('Prompt tokens that were written to a cache'),
  output: path.optional().describe('Generated tokens, reasoning included'),
  reasoning: path.optional().describe('Generated tokens that are reasoning'),
})).describe('Where the token counts are. Default: `usage` of the reply, in any known spelling')

const end = lateObject(() => ({
  after: z
    .enum(['finish', 'usage', 'close'])
    .optional()
    .describe(
      'For servers without an end marker. The reply is complete when the stream closes after a finish reason (finish) or the token counts (usage), or whenever it closes (close); over a WebSocket or MQTT, which stay open, with the finish reason or the counts themselves',
    ),
  event: z.string().optional().describe('Name of the SSE event that ends the reply'),
  data: z.string().optional().describe('Data that ends the reply, such as [DONE]'),
  path: path.optional().describe('A value in the event that ends the reply'),
  equals: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe('What the value at `path` has to be. Default: any but null, false, 0 and an empty text'),
}))
  .refine(({ after, event, data, path }) => (after ?? event ?? data ?? path) !== undefined, {
    error: 'expected at least one of after, event, data and path',
  })
  .describe(
    'What ends a streamed reply, in any dialect. Default: the end marker of the dialect; for generic [DONE], or done, finished or complete being true, else the end of the stream',
  )

/** The schema of the `response:` block of a target, which says at which paths a reply holds its text, token counts, error and so on. */
export const responseMapping = lateObject(() => ({
  text: path.optional().describe('The text of a whole reply'),
  delta: path.optional().describe('The piece of text in one event of a stream'),
  reasoning: path.optional().describe('Reasoning, in a reply or in one event of a stream'),
  toolCalls: path
    .optional()
    .describe(
      'Tool calls of a whole reply, or the piece of their arguments in one event of a stream; a reply may be nothing else',
    ),
  finish: path.optional().describe('Why generation ended'),
  usage: usage.optional(),
  error: path
    .optional()
    .describe(
      'An error message; its presence fails the exchange. Default: `error`, or an object that is an error as a whole (`type: error`, `success: false`)',
    ),
  end: end.optional(),
  conversationId: path
    .optional()
    .describe(
      'The id under which the target keeps the conversation: `{{conversation.id}}` from the first reply on, unless conversation.id says where else it is',
    ),
  transform: z
    .enum(['none', 'markdown', 'html'])
    .optional()
    .describe('Markup to strip from the text of a whole reply; pieces of a stream stay as they are'),
}))

/** The schema of the `request:` and `response:` blocks of a target with the dialect `generic`. */
export const genericMapping = lateObject(() => ({
  request: requestMapping.optional().describe('How a message becomes a request body. Default: { "message": text }'),
  response: responseMapping.optional().describe('Where in a reply the text is'),
}))

/** A `request:` block of a target: at which paths the request body holds the message, the history and the system prompt. */
export type RequestMapping = z.infer<typeof requestMapping>
/** A `response:` block of a target: at which paths a reply holds its text, token counts, error and so on. */
export type ResponseMapping = z.infer<typeof responseMapping>
/** The `response.end` block of a target, which says what ends a streamed reply. */
export type EndMapping = z.infer<typeof end>
/** The `request:` and `response:` blocks of a target with the dialect `generic`: where a request body and a reply hold their parts. */
export type GenericMapping = z.infer<typeof genericMapping>
