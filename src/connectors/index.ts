/** All protocols: the scenario schema is assembled from this table. */
import { http } from './http.ts'
import { sse } from './sse.ts'

export const connectors = { http, sse }

export type Protocol = keyof typeof connectors
