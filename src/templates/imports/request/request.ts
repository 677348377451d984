/** The form in which all importers return requests. Texts are already escaped for a scenario, so that anything that looks like a template is one. */
import type { Data } from '../../template.ts'
import type { ImportedPart } from './multipart.ts'

/** A field of a URL-encoded form, as name and value. A form may have several fields of the same name. */
export type FormField = readonly [string, string]

/** The body of a request imported from another tool: JSON, a form, a multipart form or a text. */
export type ImportedBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: readonly FormField[] }
  | { readonly kind: 'multipart'; readonly parts: readonly ImportedPart[] }
  | { readonly kind: 'text'; readonly text: string }

/**
 * An HTTP request read from another tool's file. Its texts are those of a scenario: templates and references in them are meant as such, and
 * everything else is escaped.
 */
export interface ImportedRequest {
  readonly name: string
  readonly method: string
  /** The absolute address, its query included. */
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: ImportedBody | undefined
  /** User name and password for basic authentication, in plain text instead of in a header. */
  readonly basic?: { readonly username: string; readonly password: string } | undefined
  readonly expect?: readonly Data[]
  /** Think time before the imported request, in ms. */
  readonly delayMs?: number
}

/** A WebSocket message read from another tool's file, with the number of replies that it got. */
export interface ImportedFrame {
  readonly body: ImportedBody
  /** True when the text is a binary message in Base64. */
  readonly binary: boolean
  /** Number of messages that the server sent after this one and before the next one of the client. */
  readonly replies: number
  readonly delayMs: number
}

/** A WebSocket connection read from another tool's file, with the messages that were sent over it. */
export interface ImportedSocket {
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly subprotocols: readonly string[]
  readonly frames: readonly ImportedFrame[]
}

/** What was read from another tool's file: requests, WebSocket connections, and notes for the user. */
export interface Imported {
  readonly name: string
  readonly requests: readonly ImportedRequest[]
  readonly sockets?: readonly ImportedSocket[]
  /** Keys for the scenario's target, as far as the other tool's file sets them. */
  readonly target?: Data
  readonly vars?: Data
  /** The scenario's `onError` block; undefined when the other tool's file has no rules for errors. */
  readonly onError?: Data
  readonly notes: readonly string[]
}
