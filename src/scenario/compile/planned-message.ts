/** What a step sends, compiled: the message, and what is generated for it. */
import type { Attachment, ToolDefinition } from '../../dialects/parts/dialect.ts'
import type { Template, Tree } from '../../language/template/template.ts'
import type { Payload, PromptMaker } from '../../payloads/index.ts'
import type { Random } from '../../random.ts'

export type { AskedLength, Lengths } from '../../payloads/index.ts'

/** One part of a message that has several: a text, an attachment with its content, or one with its address. */
export type PlannedPart =
  | { readonly text: Template }
  | { readonly attachment: Attachment }
  | { readonly attachment: Omit<Attachment, 'source'>; readonly url: Template }

/** A message: one text, or parts in the order in which they are sent. */
export type MessageContent = Template | readonly PlannedPart[]

/** The generators of the texts that a step reads as `{{payload}}` and `{{prompt}}`. */
export interface Generated {
  /** The generator of random data that texts of this step read as `{{payload}}`. */
  readonly payload: Payload | undefined
  /** The generator of a text of a given length that texts of this step read as `{{prompt}}`, and what stands in front of it. */
  readonly prompt: { readonly maker: PromptMaker; readonly salt: Template } | undefined
}

/** The result that a tool returns to a call: a text, or JSON that is sent as text; and how long the tool takes, in ms. */
export interface PlannedToolReply {
  readonly result: Tree
  readonly delayMs: ((random: Random) => number) | undefined
}

/** The tools that a model may call in a message step, and the results that they return. */
export interface PlannedTools {
  readonly definitions: readonly ToolDefinition[]
  /** The results that they return, by name of the tool; undefined when a reply that calls tools ends the step. */
  readonly replies: ReadonlyMap<string, PlannedToolReply> | undefined
  /** How many rounds of tool calls are answered. */
  readonly rounds: number
}
