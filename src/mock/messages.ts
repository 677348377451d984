/** Messages between a mock in a worker thread and the thread that started it. */

import type { MockOverrides } from './persona/settings.ts'

/** The settings and the port with which the mock's worker thread starts. */
export interface MockWorkerData {
  readonly settings: MockOverrides
  readonly port: number
}

/** The functions of a mock that the thread which started it can call. */
export type MockMethod = 'stats' | 'log' | 'update' | 'reset'

/** A call for the mock's worker thread, whose answer carries the same id; or `close`, which gets no answer. */
export type ToMock = { readonly id: number; readonly method: MockMethod; readonly args: readonly unknown[] } | 'close'

/** Tells the starting thread that the mock could not start. Errors lose their class between threads, so `kind` carries it. */
export interface MockFailure {
  readonly kind: 'usage' | 'local' | 'bug'
  readonly message: string
  readonly hint: string | undefined
}

/** The first message from the mock's worker thread: the mock's address, or why it could not start. */
export type MockStart = { readonly url: string; readonly port: number } | MockFailure

/** The worker's answer to a call: what the function returned, or the message of the error that it threw. */
export type MockAnswer = { readonly id: number } & ({ readonly result: unknown } | { readonly refused: string })
