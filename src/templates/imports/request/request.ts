/** One request of another tool. All texts are ready for a scenario: what looks like a template is one. */
import type { Data } from '../../template.ts'
import type { ImportedPart } from './multipart.ts'

/** Name and value; a name may come again. */
export type FormField = readonly [string, string]

export type ImportedBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: readonly FormField[] }
  | { readonly kind: 'multipart'; readonly parts: readonly ImportedPart[] }
  | { readonly kind: 'text'; readonly text: string }

export interface ImportedRequest {
  readonly name: string
  readonly method: string
  /** Absolute, its query included. */
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: ImportedBody | undefined
  /** User name and password, when it is not known how they look in a header. */
  readonly basic?: { readonly username: string; readonly password: string } | undefined
  readonly expect?: readonly Data[]
  /** Think time before it, in ms. */
  readonly delayMs?: number
}

/** A message that was sent on a WebSocket. */
export interface ImportedFrame {
  readonly body: ImportedBody
  /** The text is Base64 of a binary frame. */
  readonly binary: boolean
  /** Messages that came back before the next one was sent. */
  readonly replies: number
  readonly delayMs: number
}

export interface ImportedSocket {
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly subprotocols: readonly string[]
  readonly frames: readonly ImportedFrame[]
}

/** What an importer hands over. */
export interface Imported {
  readonly name: string
  readonly requests: readonly ImportedRequest[]
  readonly sockets?: readonly ImportedSocket[]
  /** Keys of the target that the source says. */
  readonly target?: Data
  readonly vars?: Data
  /** What failed attempts mean. */
  readonly onError?: Data
  readonly notes: readonly string[]
}
