/** How faults on the wire are written, in a scenario and for `burn relay`. */
import * as z from 'zod'
import { byteRate, duration, identifier, lateObject, percent, size, whole } from '../../fields.ts'
import { WINDOW_RULE, windowKeys } from '../form/window.ts'
import type { WireEffect, WireFault } from './wire-fault.ts'

/** The keys that every fault on the wire has. */
const scope = () => ({
  probability: percent().optional().describe('Share of the connections that have it (default 100%)'),
  direction: z
    .enum(['up', 'down', 'both'])
    .optional()
    .describe('Which bytes it concerns: up, to the target; down, to the client; both (default)'),
  ...windowKeys(),
  target: identifier().optional().describe('Which of `targets` it concerns; left out: all'),
})

type ScopeFields = z.output<z.ZodObject<ReturnType<typeof scope>>>

/** One fault on the wire, after validation; `target` is the name of the only target that it concerns. */
export type WireSpec = WireFault & { readonly target: string | undefined }

function form<Shape extends z.ZodRawShape>(
  about: string,
  fields: () => Shape,
  effect: (entry: z.output<z.ZodObject<Shape>>) => WireEffect,
): z.ZodType<WireSpec> {
  return lateObject(() => ({ ...fields(), ...scope() }))
    .refine((entry) => WINDOW_RULE.holds(entry as ScopeFields), { path: [WINDOW_RULE.path], message: WINDOW_RULE.message })
    .transform((entry): WireSpec => {
      // The compiler does not see through the two shapes: an entry has the fields of both.
      const { probability = 1, direction = 'both', from = 0, until = Number.POSITIVE_INFINITY, target } = entry as ScopeFields
      const made = effect(entry as z.output<z.ZodObject<Shape>>)
      return { ...made, probability, direction, fromMs: from, untilMs: until, target }
    })
    .describe(about)
}

/** The form of each kind, by the key that names it, which stands first in an entry. */
export const wireForms = {
  latency: form(
    'Bytes arrive later; their order and the bandwidth stay',
    () => ({
      latency: duration().describe('How much later, such as 50ms'),
      jitter: duration().optional().describe('The delay of each piece is drawn from so much less to so much more (default 0ms)'),
    }),
    ({ latency, jitter = 0 }) => ({ kind: 'latency', latencyMs: latency, jitterMs: jitter }),
  ),
  bandwidth: form(
    'Bytes pass no faster',
    () => ({ bandwidth: byteRate().describe('How many in a second, in each direction, such as 100KiB/s') }),
    ({ bandwidth }) => ({ kind: 'bandwidth', bytesPerSecond: bandwidth }),
  ),
  slice: form(
    'Bytes arrive in small pieces',
    () => ({
      slice: whole(1, 1_048_576).describe('The most bytes in one piece'),
      gap: duration().optional().describe('The pause after a piece (default 0ms)'),
    }),
    ({ slice, gap = 0 }) => ({ kind: 'slice', bytes: slice, gapMs: gap }),
  ),
  slowClose: form(
    'The end of the connection arrives later',
    () => ({ slowClose: duration().describe('How much later, such as 2s') }),
    ({ slowClose }) => ({ kind: 'slowClose', closeMs: slowClose }),
  ),
  blackHole: form(
    'Nothing arrives any more, and nobody is told; with `until`, what was held arrives then',
    () => ({ blackHole: z.literal(true).describe('true') }),
    () => ({ kind: 'blackHole' }),
  ),
  resetAfter: form(
    'The connection is reset, both ways',
    () => ({ resetAfter: size().describe('After how many bytes in one direction, such as 10KiB; 0B is before the first') }),
    ({ resetAfter }) => ({ kind: 'resetAfter', bytes: resetAfter }),
  ),
  refuse: form(
    'New connections are refused',
    () => ({ refuse: z.literal(true).describe('true') }),
    () => ({ kind: 'refuse' }),
  ),
} satisfies Record<WireEffect['kind'], z.ZodType<WireSpec>>
