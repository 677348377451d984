/** Messages between a mock in a worker thread and the thread that started it. */

import type { MockOverrides } from './persona/settings.ts'
import type { MockRequest, MockStats } from './server.ts'

/** The settings and the port with which the mock's worker thread starts. */
export interface MockWorkerData {
  readonly settings: MockOverrides
  readonly port: number
}

/** A request to the mock's worker thread. The answer carries the same id. The request `close` has no id and gets no answer. */
export type ToMock =
  | { readonly type: 'stats'; readonly id: number }
  | { readonly type: 'log'; readonly id: number; readonly last: number | undefined }
  | { readonly type: 'update'; readonly id: number; readonly settings: MockOverrides }
  | { readonly type: 'reset'; readonly id: number }
  | { readonly type: 'close' }

/** A message from the mock's worker thread: first `ready` or `failed`, later the answers to requests. */
export type FromMock =
  | { readonly type: 'ready'; readonly url: string; readonly port: number }
  | {
      readonly type: 'failed'
      readonly kind: 'usage' | 'local' | 'bug'
      readonly message: string
      readonly hint: string | undefined
    }
  | { readonly type: 'stats'; readonly id: number; readonly stats: MockStats }
  | { readonly type: 'log'; readonly id: number; readonly log: MockRequest[] }
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'refused'; readonly id: number; readonly message: string }
