/** What a step sends, compiled: the message, and what is generated for it. */
import type { Attachment } from '../../dialects/parts/dialect.ts'
import type { Template } from '../../language/template/template.ts'
import type { Payload, PromptMaker } from '../../payloads/index.ts'

/** One part of a message that has several: a text, an attachment with its content, or one with its address. */
export type PlannedPart =
  | { readonly text: Template }
  | { readonly attachment: Attachment }
  | { readonly attachment: Omit<Attachment, 'source'>; readonly url: Template }

/** A message: one text, or parts in the order in which they are sent. */
export type MessageContent = Template | readonly PlannedPart[]

/** What is generated for each attempt of a step. */
export interface Generated {
  /** The generator of random data that texts of this step read as `{{payload}}`. */
  readonly payload: Payload | undefined
  /** The generator of a text of a given length that texts of this step read as `{{prompt}}`, and what stands in front of it. */
  readonly prompt: { readonly maker: PromptMaker; readonly salt: Template } | undefined
}
