/** What a mock in a worker thread and its owner tell each other. */

import type { MockOverrides } from './persona/settings.ts'
import type { MockRequest, MockStats } from './server.ts'

/** What the worker starts with. */
export interface MockWorkerData {
  readonly settings: MockOverrides
  readonly port: number
}

/** From the owner. All but `close` are answered under the same id. */
export type ToMock =
  | { readonly type: 'stats'; readonly id: number }
  | { readonly type: 'log'; readonly id: number; readonly last: number | undefined }
  | { readonly type: 'update'; readonly id: number; readonly settings: MockOverrides }
  | { readonly type: 'reset'; readonly id: number }
  | { readonly type: 'close' }

/** From the worker: first `ready` or `failed`, then answers. */
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
