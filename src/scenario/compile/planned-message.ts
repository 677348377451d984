/** The types of what a step sends after compilation: its message, and the texts that are generated for it. */
import type { Attachment, ToolDefinition } from '../../dialects/parts/dialect.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { Payload, PromptMaker } from '../../payloads/index.ts'
import type { Random } from '../../random.ts'

export type { AskedLength, Lengths } from '../../payloads/index.ts'

/** One part of a message that consists of several: a text, an attachment with its content, or an attachment with its address. */
export type PlannedPart =
  | { readonly text: Template }
  | { readonly attachment: Attachment }
  | { readonly attachment: Omit<Attachment, 'source'>; readonly url: Template }

/** The content of a message: one text, or a list of parts in the order in which they are sent. */
export type MessageContent = Template | readonly PlannedPart[]

/** The generators of the texts that templates of a step can insert as `{{payload}}` and `{{prompt}}`. */
export interface Generated {
  /** The generator of the random data that templates of the step read as `{{payload}}`; undefined for none. */
  readonly payload: Payload | undefined
  /** The generator of the text of a given length that templates of the step read as `{{prompt}}`; `salt` is put in front of the text. */
  readonly prompt: { readonly maker: PromptMaker; readonly salt: Template } | undefined
}

/**
 * What a tool of the scenario returns when the model calls it (`toolReply`), and how long the tool takes, in ms. The result is a text or JSON, which
 * is sent as text.
 */
export interface PlannedToolReply {
  readonly result: Tree
  readonly delayMs: ((random: Random) => number) | undefined
}

/** The tools that a model may call in a message step, and the results that burn sends back for its calls. */
export interface PlannedTools {
  readonly definitions: readonly ToolDefinition[]
  /** The results that tools return, by the tool's name; undefined when a reply that calls tools ends the step. */
  readonly replies: ReadonlyMap<string, PlannedToolReply> | undefined
  /** Largest number of rounds of tool calls that are answered. */
  readonly rounds: number
}
