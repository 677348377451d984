/** Messages between a mock in a worker thread and the thread that started it. */

import type { MockOverrides } from './persona/settings.ts'

/** The settings and the port that the mock's worker thread gets when it starts. */
export interface MockWorkerData {
  readonly settings: MockOverrides
  readonly port: number
}

/** The names of the mock's functions that the main thread can call in the mock's worker thread, such as the one that reads statistics. */
export type MockMethod = 'stats' | 'log' | 'update' | 'reset'

/**
 * A message from the main thread to the mock's worker thread: either a call of a function, whose answer carries the same id, or `close`, which gets
 * no answer.
 */
export type ToMock = { readonly id: number; readonly method: MockMethod; readonly args: readonly unknown[] } | 'close'

/**
 * The message by which the mock's worker thread reports to the main thread that the mock could not start. `kind` names the class of the error,
 * because errors lose their class between threads.
 */
export interface MockFailure {
  readonly kind: 'usage' | 'local' | 'bug'
  readonly message: string
  readonly hint: string | undefined
}

/** The first message from the mock's worker thread: the mock's address, or why it could not start. */
export type MockStart = { readonly url: string; readonly port: number } | MockFailure

/**
 * The answer of the mock's worker thread to a call by the main thread: the return value of the function, or the message of the error that it threw.
 */
export type MockAnswer = { readonly id: number } & ({ readonly result: unknown } | { readonly refused: string })
