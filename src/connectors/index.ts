/** All protocols: the scenario schema is assembled from this table. */
import { grpc } from './grpc.ts'
import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'

export const connectors = { http, sse, mqtt, websocket, grpc }

export type Protocol = keyof typeof connectors
