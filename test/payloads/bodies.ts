/** Payloads of one user, at a fixed time. */
import type * as z from 'zod'
import { compilePayload, payloadSchema } from '../../src/payloads/index.ts'
import { createRandom, type Random } from '../../src/random.ts'

export type Input = z.input<typeof payloadSchema>

export const WALL = Date.UTC(2026, 0, 2, 3, 4, 5)

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The first `count` payloads of one user. */
export function series(spec: Input, count: number, random: Random = createRandom('seed')) {
  const payload = compilePayload(payloadSchema.parse(spec))
  const scope = { user: { id: 7 } }
  return Array.from({ length: count }, (_, index) =>
    payload.make({ random, wallNowMs: WALL, uptimeMs: 1500.9, index, scope, clientId: 'client-7' }),
  )
}
